"""An embedded cloud on loopback: what the product talks to when no account is at hand.

Servers only, each speaking the real protocol, so that no client can tell. In the order in which a run meets them:
`command` starts and stops the process, `process` is its main, `httpserver` takes connections, `control` answers
`/_sandbox/`, `aws` and `kubernetes` are the clouds, `clock` scales what they wait for and `faults` breaks them on
demand. `testing` starts one for a test.
"""
