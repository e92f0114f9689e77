"""From what should exist and what does to a plan.

`steps` and `plan` are what a plan is. `diff` plans one instance (`ignored`: what it leaves as it is), `objects` those
of apps, `imports` what comes in, `keys` what the service takes for one, `data` and `changing` what is read and when,
`orphans` what goes, `containers` and `holding` what goes with it, `namespaces` what apps share, `resuming` what goes
on already, `deferring` what has to wait for the next plan, `existing` whose it is that exists already; `triggers`,
`checks` and `outputs` are the rest. `limits` are the blocks that -target leaves, `edges` and `targets` make the
graph, `build` puts all of it together, and `saved` keeps it in a file, by the tables of `records` and `values`, for
the `identities` that it was made for. `explanation` is for who asks why.
"""
