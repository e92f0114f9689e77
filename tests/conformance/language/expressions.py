"""Expressions by hypothesis: of a wanted kind, over the operators, templates, for expressions and functions."""

from __future__ import annotations

import re

from hypothesis import strategies as st

NUMBERS = ("0", "1", "2", "3", "-1", "10", "0.5", "2.25", "-7", "1e3", "100")
WORDS = (
    "",
    "a",
    "b",
    "abc",
    "Hello World",
    "  pad ",
    "x-y_z",
    "äöü",
    "1",
    "-2.5",
    "true",
    "a,b,c",
    "日本",
    "%d",
    "a/b c&d",
)
PATTERNS = ("[a-z]+", "(\\\\w)(\\\\w)", "^$", "(?P<first>.)", "[0-9]", ",")
FORMATS = ("%s", "%v", "%q", "%5s|", "%-5s|", "%#v", "%s-%%")
NUMBER_FORMATS = ("%d", "%5d", "%05d", "%x", "%o", "%b", "%.2f", "%v")
TIMES = ("2024-02-29T12:30:00Z", "2023-12-31T23:59:59+02:00", "1999-01-01T00:00:00Z")
TIME_FORMATS = ("YYYY-MM-DD", "DD MMM YYYY hh:mm ZZZ", "EEEE, D MMMM YY h:mm aa", "hh'h'mm")
DURATIONS = ("1h", "-30m", "1h30m", "10s", "24h")
NETWORKS = ("10.0.0.0/8", "10.12.0.0/16", "192.168.1.0/24", "fd00::/48", "fd12:3456::/32")

# A text a kind of result: calls with the kinds of their arguments; "*" before a kind is any number of them.
_SIGNATURES = {
    "number": """
        abs(number) ceil(number) floor(number) signum(number) max(number,*number) min(number,*number)
        length(strings) length(map) length(string) sum(numbers) parseint(digits,base) pow(small,natural)
        tonumber(any) timecmp(time,time) index(strings,string) length(set)
    """,
    "string": """
        upper(string) lower(string) title(string) trimspace(string) strrev(string) chomp(string)
        indent(small,string) trim(string,string) trimprefix(string,string) trimsuffix(string,string)
        substr(string,natural,small) replace(string,string,string) join(string,strings) format(format,any)
        format(number_format,number) jsonencode(any) yamlencode(any) base64encode(string) base64decode(string)
        urlencode(string) md5(string) sha1(string) sha256(string) sha512(string) base64sha256(string)
        base64sha512(string) tostring(any) regex(pattern,string) element(strings,number) lookup(map,string,string)
        coalesce(string,*string) one(strings) formatdate(time_format,time) timeadd(time,duration)
        cidrhost(network,natural) cidrsubnet(network,natural,natural) cidrnetmask(network) basename(string)
        dirname(string) uuidv5(namespace,string) textencodebase64(string,charset) nonsensitive(secret)
    """,
    "bool": """
        contains(strings,string) startswith(string,string) endswith(string,string) strcontains(string,string)
        alltrue(bools) anytrue(bools) can(any) tobool(any) issensitive(any) fileexists(string)
    """,
    "strings": """
        split(string,string) sort(strings) reverse(strings) compact(strings) distinct(strings)
        concat(strings,*strings) keys(map) values(map) tolist(set) slice(strings,small,small)
        formatlist(format,strings) regexall(pattern,string) flatten(nested) coalescelist(strings,*strings)
        cidrsubnets(network,small,*small) matchkeys(strings,strings,strings) chunklist(strings,small)
        setproduct(set,set)
    """,
    "numbers": """
        range(small) range(small,small) concat(numbers,numbers) distinct(numbers)
    """,
    "set": """
        toset(strings) setunion(set,*set) setintersection(set,*set) setsubtract(set,set)
    """,
    "map": """
        merge(map,*map) zipmap(strings,strings) tomap(map) jsondecode_(map) transpose(lists) csvdecode(csv)
    """,
}
FUNCTIONS = {
    kind: [tuple(re.split(r"[(,]", signature.rstrip(")"))) for signature in signatures.split()]
    for kind, signatures in _SIGNATURES.items()
}
LISTS = {"strings": "string", "numbers": "number", "bools": "bool"}
CONSTANTS = {
    "number": NUMBERS,
    "natural": ("0", "1", "2", "7"),
    "small": ("0", "1", "2", "3", "4", "-1"),
    "bool": ("true", "false"),
    "string": tuple(f'"{word}"' for word in WORDS),
    "digits": ('"12"', '"ff"', '"-101"', '"z9"', '""'),
    "base": ("2", "10", "16", "36", "99"),
    "format": tuple(f'"{text}"' for text in FORMATS),
    "number_format": tuple(f'"{text}"' for text in NUMBER_FORMATS),
    "pattern": tuple(f'"{text}"' for text in PATTERNS),
    "time": tuple(f'"{text}"' for text in TIMES),
    "time_format": tuple(f'"{text}"' for text in TIME_FORMATS),
    "duration": tuple(f'"{text}"' for text in DURATIONS),
    "network": tuple(f'"{text}"' for text in NETWORKS),
    "namespace": ('"dns"', '"url"', '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"', '"no"'),
    "charset": ('"UTF-16LE"', '"ISO-8859-1"', '"windows-1252"'),
    "csv": ('"a,b\\n1,2\\n3,4"', '"x\\n\\"q\\""', '""'),
}
KINDS = ("number", "string", "bool", "strings", "numbers", "set", "map", "bools", "object", "tuple")
ODD = 12
"""One in so many arguments is of any kind, to see what is converted and what is refused."""


@st.composite
def expressions(draw: st.DrawFn, kind: str = "any", depth: int = 3) -> str:
    """An expression that is of a kind, mostly. It parses; it may be in error when evaluated."""
    if kind == "any" or (kind not in CONSTANTS.keys() - FUNCTIONS.keys() and draw(st.integers(0, ODD)) == ODD):
        kind = draw(st.sampled_from(KINDS))
    if depth <= 0 and kind in CONSTANTS:
        return draw(st.sampled_from(CONSTANTS[kind]))
    makers = [maker for maker, kinds in MAKERS.items() if kind in kinds and (depth > 0 or maker is constant)]
    made: str = draw(draw(st.sampled_from(makers))(kind, depth - 1)) if makers else draw(constant(kind, depth))
    return made


@st.composite
def constant(draw: st.DrawFn, kind: str, depth: int) -> str:
    if kind in CONSTANTS:
        return draw(st.sampled_from(CONSTANTS[kind]))
    if kind == "secret":
        return f"sensitive({draw(expressions('string', depth))})"
    element = LISTS.get(kind, "string")
    count = draw(st.integers(0, 3))
    if kind in ("map", "object"):
        names = draw(st.lists(st.sampled_from(("a", "b", "c", '"k 1"', "(1 + 1)")), max_size=3, unique=True))
        of = "any" if kind == "object" else "string"
        return "{" + ", ".join(f"{name} = {draw(expressions(of, depth))}" for name in names) + "}"
    if kind == "tuple":
        element = "any"
    if kind == "nested":
        element = draw(st.sampled_from(("strings", "any")))
    if kind == "lists":
        return "{" + ", ".join(f"{name} = {draw(expressions('strings', depth))}" for name in ("a", "b")[:count]) + "}"
    inside = ", ".join(draw(expressions(element, depth)) for _ in range(count))
    return f"toset([{inside}])" if kind == "set" else f"[{inside}]"


@st.composite
def call(draw: st.DrawFn, kind: str, depth: int) -> str:
    name, *parameters = draw(st.sampled_from(FUNCTIONS[kind]))
    arguments: list[str] = []
    for parameter in parameters:
        repeated = draw(st.integers(0, 2)) if parameter.startswith("*") else 1
        arguments += [draw(expressions(parameter.lstrip("*"), depth)) for _ in range(repeated)]
    if arguments and draw(st.integers(0, ODD)) == ODD:
        arguments[0] = "null"
    if name == "jsondecode_":
        return f"jsondecode(jsonencode({arguments[0]}))"
    return f"{name}({', '.join(arguments)})"


@st.composite
def operator(draw: st.DrawFn, kind: str, depth: int) -> str:
    if kind == "number":
        if draw(st.booleans()):
            form = "-{}" if draw(st.booleans()) else "({})"
            return form.format(draw(expressions("number", depth)))
        sign = draw(st.sampled_from(("+", "-", "*", "%", "/")))
        divides = sign in ("/", "%")  # by what gives as many digits here as there
        right = draw(st.sampled_from(("2", "-4", "0.5"))) if divides else draw(expressions("number", depth))
        return f"({draw(expressions('number', depth))} {sign} {right})"
    sign = draw(st.sampled_from(("==", "!=", "<", ">", "<=", ">=", "&&", "||", "!")))
    if sign == "!":
        return f"!{draw(expressions('bool', depth))}"
    inner = "bool" if sign in ("&&", "||") else "any" if sign in ("==", "!=") else "number"
    return f"({draw(expressions(inner, depth))} {sign} {draw(expressions(inner, depth))})"


@st.composite
def template(draw: st.DrawFn, kind: str, depth: int) -> str:
    parts = draw(st.lists(st.sampled_from(("text", "value", "if", "for")), min_size=1, max_size=3))
    made = ""
    for part in parts:
        trim = draw(st.sampled_from(("", "~")))
        if part == "text":
            made += draw(st.sampled_from((" ab ", "$${x}", "%%{y}", "\\n", "ü", "$ ", "% ")))
        elif part == "value":
            inner = draw(st.sampled_from(("string", "number", "bool")))
            made += f"${{{trim}{draw(expressions(inner, depth))}{trim}}}"
        elif part == "if":
            made += f"%{{ if {draw(expressions('bool', depth))} {trim}}} yes %{{{trim} else }} no %{{ endif }}"
        else:
            made += f"%{{ for x in {draw(expressions('strings', depth))} {trim}}} ${{x}};%{{ endfor }}"
    return f'"{made}"'


@st.composite
def conditional(draw: st.DrawFn, kind: str, depth: int) -> str:
    # plain ones: what is in error has no type here, and the types of both results decide
    yes, no = draw(constant(kind, 0)), draw(constant(kind, 0))
    return f"({draw(expressions('bool', depth))} ? {yes} : {no})"


@st.composite
def loop(draw: st.DrawFn, kind: str, depth: int) -> str:
    source = draw(expressions(draw(st.sampled_from(("strings", "map", "set", "tuple"))), depth))
    names = draw(st.sampled_from(("v", "k, v")))
    condition = draw(st.sampled_from(("", ' if v != "a"', " if can(tonumber(v))")))
    if kind in ("map", "object"):
        key = "v" if names == "v" else "k"
        group = draw(st.sampled_from(("", "...")))
        value = draw(st.sampled_from(("v", "upper(v)", "[v]")))
        return f"{{for {names} in {source} : {key} => {value}{group}{condition}}}"
    return f"[for {names} in {source} : {draw(st.sampled_from(('v', 'upper(v)', '[v, 1]')))}{condition}]"


@st.composite
def access(draw: st.DrawFn, kind: str, depth: int) -> str:
    form = draw(st.integers(0, 4))
    if form == 0:
        return f"{draw(constant('tuple', depth))}[{draw(expressions('small', depth))}]"
    if form == 1:
        return f"{draw(constant('object', depth))}.{draw(st.sampled_from(('a', 'b')))}"
    if form == 2:
        return f"{draw(constant('map', depth))}[{draw(expressions('string', depth))}]"
    if form == 3:
        splat = draw(st.sampled_from(("[*]", ".*")))
        return f"[{draw(constant('object', depth))}, {draw(constant('object', depth))}]{splat}.a"
    return f"try({draw(expressions(kind, depth))}, {draw(expressions('any', depth))})"


MAKERS = {
    constant: (*KINDS, *CONSTANTS, "secret", "nested", "lists"),
    call: tuple(FUNCTIONS),
    operator: ("number", "bool"),
    template: ("string",),
    conditional: ("number", "string", "bool", "strings", "numbers", "set", "map", "bools"),
    loop: ("strings", "map", "object", "tuple"),
    access: ("string", "number", "tuple", "object"),
}
