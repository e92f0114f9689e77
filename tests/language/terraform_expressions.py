"""The expressions that are evaluated here and by Terraform. Each has to parse; it may be in error when evaluated.

`DEPARTURES` are those that are meant to differ, and why.
"""

from __future__ import annotations

_OPERATORS = """
1 + 2
1 + "2"
"1" + "2"
1 + "x"
1 + null
1 + true
1.5 + 1.5
0.1 + 0.2
0.1 + 0.2 == 0.3
1 - 2.5
7 / 2
8 / 2
0 / 0
1 / 3 * 3
2 / 3 * 3 == 2
7 % 3
-7 % 3
7 % -3
-7 % -3
7.5 % 2
-7.5 % 2
10 % 2.5
-"5"
-"x"
--5
!true
!"true"
!"yes"
!1
1e3
1e-3
1.0
100000000000000000000000000000 + 1
123456789012345678901234567890 * 987654321098765432109876543210
1e100
1.5e300 * 2
0.00000000001
1 < 2
"10" < "9"
"a" < "b"
1 <= 1
2 > "1"
1 >= null
true && "true"
true && 1
true || null
false || "false"
true && "x"
1 == 1
1 == 1.0
1 == "1"
"a" == "a"
"é" == "e\\u0301"
true == "true"
null == null
null == 1
null != "a"
[] == []
[1] == [1]
[1] == ["1"]
[1, "a"] == [1, "a"]
tolist([1]) == [1]
tolist([1]) == tolist([1])
toset([1]) == toset([1, 1])
tomap({ a = 1 }) == { a = 1 }
{ a = 1 } == { a = 1 }
{ a = 1 } == { a = 2 }
{ a = 1 } == { b = 1 }
{ a = null } == { a = null }
[] == {}
tolist([]) == tolist([])
"1" != 1
[1, 2] != [1, 3]
"""

_CONDITIONALS = """
true ? 1 : 2
false ? 1 : 2
true ? 1 : "x"
false ? 1 : "x"
true ? true : "x"
true ? 1 : true
true ? null : 1
false ? null : 1
true ? [1] : ["a", "b"]
true ? [1] : []
true ? [] : [1]
false ? [1, "a"] : [2, "b"]
true ? [1, "a"] : [2]
true ? { a = 1 } : { a = "x" }
true ? { a = 1 } : { b = "x" }
true ? { a = 1 } : {}
true ? {} : { a = [1] }
true ? [1] : { a = 1 }
true ? "a" : ["a"]
true ? tolist([1]) : tolist(["a"])
true ? toset([1]) : [2]
true ? toset(["a"]) : tolist(["b"])
true ? tomap({ a = 1 }) : { b = "x" }
true ? { a = [1] } : { a = ["x", "y"] }
true ? [[1], ["a"]] : [["b"], [2]]
"true" ? 1 : 2
"yes" ? 1 : 2
1 ? 1 : 2
null ? 1 : 2
true ? 1 : 1 / 0
true ? 1 : [1][5]
false ? 1 / 0 : 2
true ? null : null
true ? [null] : [1]
true ? { a = null } : { a = 1 }
true ? [] : {}
true ? [{ a = 1 }] : [{ a = 1, b = 2 }]
true ? [{ a = 1 }] : [{ a = "1" }, { a = "2" }]
true ? toset([]) : toset(["a"])
"""

_COLLECTIONS = """
[1, 2, 3][1]
[1, 2, 3]["1"]
[1][1]
[1][-1]
[1][0.5]
[1][null]
["a"]["x"]
[[1, 2], [3]][0][1]
{ a = 1 }.a
{ a = 1 }["a"]
{ a = 1 }["b"]
{ a = 1 }.b
{ "a b" = 1 }["a b"]
{ 1 = "x" }[1]
{ 1 = "x" }["1"]
{ true = "x" }[true]
{ (null) = 1 }
{ ([]) = 1 }
{ a = 1, a = 2 }
{ b = 1, a = 2 }
{ "${"a"}b" = 1 }
null[0]
null.a
"a"[0]
"a".b
1.5[0]
toset(["a"])[0]
toset(["a"]).a
tolist(["a", "b"])[1]
tolist([1]).a
tomap({ a = 1 }).a
tomap({ a = 1 })["z"]
[for x in [1, 2, 3] : x * 2]
[for x in [1, 2, 3] : x if x > 1]
[for i, x in ["a", "b"] : "${i}${x}"]
[for k, v in { b = 1, a = 2 } : "${k}${v}"]
[for v in { b = 1, a = 2 } : v]
[for x in toset(["b", "a"]) : x]
[for k, v in toset(["b", "a"]) : k == v]
[for x in "abc" : x]
[for x in null : x]
[for x in 5 : x]
[for x in [] : x]
[for x in [1] : x if null]
[for x in [1] : x if "true"]
[for x in [1] : x if "x"]
[for x in [[1, 2], [3]] : [for y in x : y + 1]]
{ for x in ["a", "b"] : x => upper(x) }
{ for x in ["a", "a"] : x => x }
{ for x in ["a", "a", "b"] : x => x... }
{ for i, x in ["a", "b"] : i => x }
{ for k, v in { a = 1, b = 2 } : k => v if v > 1 }
{ for k, v in { a = 1 } : null => v }
{ for k, v in { a = 1 } : [k] => v }
{ for x in [] : x => x }
[{ a = 1 }, { a = 2 }][*].a
[{ a = 1 }, { a = 2 }].*.a
[{ a = [1] }, { a = [2] }][*].a[0]
[{ a = [1] }, { a = [2] }].*.a[0]
[{ a = 1 }, { b = 2 }][*].a
null[*]
null[*].a
null.*.a
{ a = 1 }[*].a
"x"[*]
[][*].a
tolist([{ a = 1 }])[*].a
toset([{ a = 1 }, { a = 2 }])[*].a
tolist([])[*].a
tolist(["a"])[*]
toset(["b", "a"])[*]
tomap({ x = { a = 1 } })[*]
{ x = { a = 1 } }.*.x
[[1, 2], [3]][*][0]
[for x in [{ a = 1 }] : x][*].a
"""

_TEMPLATES = """
"a${1}b"
"${1}"
"${true}"
"${[1]}"
"${null}"
"a${null}"
"a${[1]}"
"a${{ b = 1 }}"
"a${true}${1.50}"
"${"a"}"
"$${a}"
"%%{a}"
"$${"
"$$"
"$"
"%"
"a$"
"\\u00e9\\t\\"\\\\"
"  ${~ 1 ~}  x"
"%{ if true }a%{ else }b%{ endif }"
"%{ if false }a%{ endif }"
"%{ if "true" }a%{ endif }"
"%{ if 1 }a%{ endif }"
"%{ if null }a%{ endif }"
"%{ for x in [1, 2, 3] }${x},%{ endfor }"
"%{ for i, x in ["a", "b"] }${i}=${x} %{ endfor }"
"%{ for k, v in { b = 1, a = 2 } }${k}=${v} %{ endfor }"
"%{ for x in [null] }${x}%{ endfor }"
"%{ for x in [] }${x}%{ endfor }"
"%{ for x in 1 }${x}%{ endfor }"
"a  %{~ if true ~}  b  %{~ endif ~}  c"
"%{ if true }%{ if false }a%{ else }b%{ endif }%{ endif }"
"%{ if true }${1}%{ endif }"
"${1}${2}"
"${"x"}${~ "y" }"
"""

_NUMERIC = """
abs(-1.5)
abs("-3")
abs("x")
abs(null)
ceil(1.2)
ceil(-1.2)
floor(1.8)
floor(-1.2)
floor("3.9")
log(16, 2)
log(10, 10)
log(1, 2)
max(1, 2.5, "3")
max([1, 2, 3]...)
max()
min(1, -2)
min("a")
parseint("ff", 16)
parseint("-101", 2)
parseint("FF", 16)
parseint("zZ", 62)
parseint("9", 8)
parseint("", 10)
parseint("1.5", 10)
parseint("12", 1)
parseint(100, 2)
pow(2, 10)
pow(2, -1)
pow(4, 0.5)
pow(0, 0)
pow(-2, 3)
signum(-5)
signum(0)
signum(0.5)
sum([1, 2, "3"])
sum([1.5, 2])
sum([])
sum(["a"])
sum([null])
sum(toset([1, 1, 2]))
sum("a")
"""

_STRINGS = """
chomp("a\\n\\n")
chomp("a\\r\\n")
chomp("a\\r")
chomp("\\na")
endswith("hello", "lo")
endswith("hello", "")
startswith("hello", "he")
strcontains("hello", "ell")
strcontains("hello", "")
strcontains("hello", "z")
indent(2, "a\\nb\\nc")
indent(0, "a\\nb")
join(",", ["a", "b"])
join(",", [])
join(",", ["a", 1, true])
join(",", ["a"], ["b", "c"])
join(",", [null])
join(",", toset(["b", "a"]))
join(",")
join(",", "a")
join(",", [["a"]])
lower("ÄBC")
upper("straße")
upper("äbc")
title("hello world-wide it's")
title("éa bC")
title("a_b c.d")
replace("hello", "l", "L")
replace("hello", "/l+/", "<$0>")
replace("hello", "/(h)(e)/", "$2$1")
replace("hello", "/(?P<x>h)/", "[$x]")
replace("hello", "/(?P<x>h)/", "[$${x}y]")
replace("hello", "/(h)/", "$1x")
replace("hello", "/[/", "x")
replace("hello", "", "-")
replace("a/b/c", "/", "-")
replace("a.b", "/\\\\./", "\\\\")
replace("aaa", "/a*/", "b")
replace("abc", "/x*/", "-")
replace(1, 1, 2)
split(",", "a,b,,c")
split(",", "")
split("", "abc")
split(", ", "a, b")
strrev("héllo")
strrev("e\\u0301x")
strrev("👩‍👩‍👧x")
substr("hello", 1, 3)
substr("hello", -3, 2)
substr("hello", 1, -1)
substr("hello", 10, 1)
substr("hello", 0, 100)
substr("hello", -10, 3)
substr("hello", 0, 0)
substr("hello", 2, -2)
substr("hé👩‍👩‍👧o", 2, 1)
substr("hello", 0.5, 1)
length("👩‍👩‍👧é")
trim("  a b ", " ")
trim("xxaxx", "x")
trim("abcba", "ab")
trim("abc", "")
trimprefix("hello", "he")
trimprefix("hello", "x")
trimsuffix("hello", "lo")
trimspace("\\n\\t a b \\r\\n")
trimspace("\\u00a0a\\u2003")
upper(1)
upper(null)
upper([])
upper(true)
regex("[a-z]+", "12ab34cd")
regex("([a-z])([0-9])", "a1b2")
regex("(?P<l>[a-z])(?P<d>[0-9])", "a1b2")
regex("(a)|(b)", "b")
regex("(?P<x>a)|(?P<y>b)", "b")
regex("x", "abc")
regex("[", "abc")
regex("(?i)ABC", "xabc")
regex("^$", "")
regex("(?P<a>.)(.)", "xy")
regexall("[a-z]", "a1b2")
regexall("([a-z])([0-9])", "a1b2")
regexall("(?P<l>[a-z])", "a1b2")
regexall("x", "abc")
regexall("(a)|(b)", "ab")
regexall("a*", "baac")
"""

_FORMAT = """
format("%s", "a")
format("%s", 1.5)
format("%s", true)
format("%s", [1])
format("%s")
format("%s", "a", "b")
format("%d", 3)
format("%d", 3.7)
format("%d", -3.7)
format("%d", "12")
format("%d", "x")
format("%5d|%-5d|%05d", 42, 42, 42)
format("%+d % d", 5, 5)
format("%x %X %o %b", 255, 255, 8, 5)
format("%#x %#o", 255, 8)
format("%x", -255)
format("%f", 3.14159265)
format("%.2f", 3.14159)
format("%8.3f|", 3.14159)
format("%.0f", 2.5)
format("%f", 1e21)
format("%e", 12345.678)
format("%.3e", 12345.678)
format("%E", 0.00012)
format("%g", 0.1)
format("%g", 1e21)
format("%g", 1e20)
format("%g", 0.00001)
format("%g", 123456789)
format("%.3g", 123456.789)
format("%G", 1e-10)
format("%t", true)
format("%t", "false")
format("%t", 1)
format("%q", "a\\"b\\n")
format("%q", "é<")
format("%v", "a")
format("%v", 1.5)
format("%v", true)
format("%v", [1, "a", null])
format("%v", { a = 1 })
format("%#v", "a")
format("%#v", [1])
format("%%")
format("%5s|%-5s|", "a", "b")
format("%.2s", "abc")
format("%.2s", "👩‍👩‍👧éa")
format("%5.1s|", "abc")
format("%05s|", "a")
format("%[2]s %[1]s", "a", "b")
format("%[1]s %[1]s", "a")
format("%[3]s", "a")
format("%[0]s", "a")
format("[%s", "a", "b")
format("%g %v", 1000000, 123456789)
yamlencode(1)
yamlencode({ a = "x\\n\\n", b = "\\n", d = "a\\tb\\nc", e = "trail \\nx" })
upper("İς")
lower("İΣ")
format("%*d", 5, 42)
format("%z", 1)
format("%")
format("abc", 1)
format("%s %s", "a", ["b"]...)
format("%010.2f", 3.14159)
format("%-08d|", 5)
format("%5t|", true)
format("%5q|", "a")
format("%3d|%3s|", 1000, "abcd")
format("%s", sensitive("a"))
format("%s", 100000000000000000000000)
formatlist("%s", ["a", "b"])
formatlist("%s-%s", "x", ["a", "b"])
formatlist("%s-%d", ["a", "b"], [1, 2])
formatlist("%s-%s", ["a"], ["b", "c"])
formatlist("%s", [])
formatlist("%s", "a")
formatlist("%s", toset(["b", "a"]))
formatlist("%s %s", tolist(["a"]), ["b"])
formatlist("%v", [[1], [2]])
"""

_LISTS = """
alltrue([true, "true"])
alltrue([true, false])
alltrue([])
alltrue([null])
alltrue(["x"])
anytrue([false, "true"])
anytrue([])
anytrue([null, true])
chunklist(["a", "b", "c"], 2)
chunklist([], 2)
chunklist(["a"], 0)
chunklist(["a"], -1)
chunklist([1, "a"], 1)
coalesce("", "b")
coalesce(null, "b")
coalesce(null, 1, "a")
coalesce(1, true)
coalesce(null, null)
coalesce("", "")
coalesce()
coalesce([], [1])
coalescelist([], ["a"])
coalescelist(null, ["a"])
coalescelist([], [])
coalescelist(tolist([]), tolist(["a"]))
coalescelist("a", ["b"])
compact(["a", "", "b"])
compact(["a", null])
compact([1, ""])
concat(["a"], ["b"])
concat(["a"], [1])
concat(tolist(["a"]), tolist(["b"]))
concat(tolist(["a"]), tolist([1]))
concat(tolist(["a"]), ["b"])
concat([], [])
concat([])
concat()
concat("a")
concat(toset(["a"]), ["b"])
concat([null], ["a"])
contains(["a", "b"], "a")
contains(["a", 1], 1)
contains([1], "1")
contains(toset(["a"]), "a")
contains([], "a")
contains("abc", "a")
contains([null], null)
contains({ a = 1 }, 1)
distinct(["a", "b", "a"])
distinct([1, "1"])
distinct([])
distinct([[1], [1]])
distinct(toset(["b", "a"]))
element(["a", "b"], 1)
element(["a", "b"], 3)
element([], 0)
element(["a"], 0.5)
element(tolist(["a", "b"]), 2)
element(toset(["a"]), 0)
element("abc", 0)
flatten([[1, 2], [3, [4]]])
flatten([])
flatten([[], [[]]])
flatten(["a", ["b"]])
flatten(tolist([["a"], ["b"]]))
flatten(toset(["b", "a"]))
flatten("a")
flatten([{ a = [1] }])
flatten([null, [1]])
index(["a", "b"], "b")
index(["a"], "z")
index([], "a")
index([1, "1"], "1")
length([1, 2])
length("abc")
length({ a = 1 })
length(toset([1, 1]))
length(5)
length(null)
length(tomap({ a = 1 }))
one([])
one(["a"])
one(["a", "b"])
one(toset(["a"]))
one(tolist([]))
one(null)
one("a")
range(3)
range(1, 4)
range(4, 1)
range(0, 10, 3)
range(10, 0, -4)
range(0, 1, 0.25)
range(0)
range(-2)
range(0, 5, -1)
range(5, 0, 1)
range(0, 5, 0)
range(2000)
range()
reverse(["a", "b"])
reverse(tolist(["a", "b"]))
reverse([1, "a"])
reverse(toset(["b", "a"]))
reverse([])
reverse("abc")
slice(["a", "b", "c"], 1, 3)
slice(tolist(["a", "b", "c"]), 0, 1)
slice(["a"], 0, 0)
slice(["a"], 1, 0)
slice(["a"], 0, 5)
slice(["a"], -1, 1)
slice(toset(["a"]), 0, 1)
sort(["b", "a", "C"])
sort([10, 9])
sort([])
sort(["a", null])
sort(toset(["b", "a"]))
matchkeys(["a", "b"], ["x", "y"], ["y"])
matchkeys(["a", "b"], ["x"], ["y"])
matchkeys([1, 2], ["x", "y"], ["z"])
setproduct(["a", "b"], [1, 2])
setproduct(toset(["a", "b"]), toset([1]))
setproduct(toset(["a"]), ["x"])
setproduct([], ["a"])
setproduct(["a"])
setproduct(["a"], ["b"], ["c"])
setproduct(["a", 1], [true])
setproduct(tolist(["a"]), tolist([1]))
setunion(["a"], ["b", "a"])
setunion(toset(["a"]), toset([1]))
setunion([], ["a"])
setunion(["a"])
setintersection(["a", "b"], ["b", "c"])
setintersection(["a"], ["b"])
setintersection([1, 2], ["2"])
setintersection([], [])
setsubtract(["a", "b"], ["b"])
setsubtract([1, 2], ["2"])
setsubtract([], ["a"])
setsubtract(["a"], ["a"])
"""

_MAPS = """
keys({ b = 1, a = 2 })
keys(tomap({ b = 1, a = 2 }))
keys({})
keys(["a"])
keys(tomap({}))
values({ b = 1, a = "x" })
values(tomap({ b = 1, a = 2 }))
values({})
lookup({ a = 1 }, "a")
lookup({ a = 1 }, "b")
lookup({ a = 1 }, "b", 2)
lookup({ a = 1 }, "b", "x")
lookup(tomap({ a = 1 }), "b", 2)
lookup(tomap({ a = 1 }), "b", "x")
lookup(tomap({ a = "y" }), "b", 5)
lookup({ a = 1 }, "b", null)
lookup(null, "a", 1)
lookup({ a = 1 }, "a", 1, 2)
merge({ a = 1 }, { b = 2 })
merge({ a = 1 }, { a = 2 })
merge({ a = 1 }, { a = "x" })
merge({ a = 1 }, null)
merge(null)
merge()
merge({})
merge(tomap({ a = 1 }), tomap({ b = 2 }))
merge(tomap({ a = 1 }), tomap({ b = "x" }))
merge(tomap({ a = 1 }), { b = 2 })
merge([])
merge([{ a = 1 }, { b = 2 }]...)
transpose({ a = ["x", "y"], b = ["x"] })
transpose({})
transpose({ a = [] })
zipmap(["a", "b"], [1, 2])
zipmap(["b", "a"], [1, "x"])
zipmap(["a"], [1, 2])
zipmap([], [])
zipmap(["a", "b"], tolist([1, 2]))
zipmap(["a", "a"], [1, 2])
"""

_CONVERSION = """
tobool("true")
tobool("1")
tobool("0")
tobool("TRUE")
tobool(1)
tobool(null)
tonumber("1.50")
tonumber("1e3")
tonumber("0x10")
tonumber(" 1")
tonumber("")
tonumber("1_000")
tonumber("-1.5E+2")
tonumber("+1")
tonumber(".5")
tonumber("5.")
tonumber(true)
tonumber("99999999999999999999")
tostring(1)
tostring(1.0)
tostring(1.10)
tostring(1e30)
tostring(0.00001)
tostring(true)
tostring(null)
tostring([])
tolist([1, "a"])
tolist([1, true])
tolist([])
tolist(toset(["b", "a"]))
tolist({ a = 1 })
tolist("a")
tolist([[1], ["a", "b"]])
tolist([{ a = 1 }, { a = "x" }])
tolist([{ a = 1 }, { b = 1 }])
tolist([{ a = 1 }, {}])
tolist([null, 1])
tolist([null])
toset(["b", "a", "b"])
toset([3, 1, 2])
toset([10, 9, "1"])
toset([true, false])
toset([1, "1"])
toset([])
toset([[2], [1]])
toset([{ a = 2 }, { a = 1 }])
toset("a")
toset([null, "a"])
toset(["é", "z", "Z", ""])
toset([1.5, -1, 100])
tomap({ a = 1, b = "x" })
tomap({ a = 1, b = true })
tomap({ a = [1], b = ["x"] })
tomap({ a = [1], b = {} })
tomap({})
tomap([])
tomap({ a = null, b = 1 })
try({}.a, "x")
try([][0], null)
can({}.a)
can("a")
can(null)
try(1, "a")
sensitive("a")
nonsensitive(sensitive("a"))
nonsensitive("a")
issensitive(sensitive("a"))
issensitive("a")
"a${sensitive("b")}"
sensitive(1) + 1
sensitive(true) ? 1 : 2
[sensitive("a")]
{ a = sensitive(1) }
[for x in sensitive(["a"]) : x]
length(sensitive([1]))
sensitive({ a = 1 }).a
upper(sensitive("a"))
join(",", [sensitive("a"), "b"])
keys({ a = sensitive(1) })
tolist([sensitive("a")])
sensitive(1) == 1
concat([sensitive("a")], ["b"])
merge({ a = sensitive(1) }, { b = 2 })
lookup({ a = sensitive(1), b = 2 }, "b")
toset([sensitive("a")])
contains([sensitive("a"), "b"], "b")
flatten([[sensitive("a")], sensitive(["b"])])
{ (sensitive("a")) = 1 }
nonsensitive([sensitive("a")])
issensitive([sensitive("a")])
coalesce(sensitive(null), "a")
sensitive([{ a = 1 }])[*].a
[sensitive("a"), "b"][1]
[sensitive("a"), "b"][0]
element([sensitive("a"), "b"], 1)
jsonencode(sensitive({ a = 1 }))
"""

_ENCODING = """
base64encode("héllo")
base64decode("aMOpbGxv")
base64decode("!!!")
base64decode("/w==")
base64decode("aGk")
base64sha256("a")
md5("a")
sha1("a")
sha256("é")
sha512("")
jsonencode({ b = 1, a = [true, null, "x<&>\\u2028"] })
jsonencode("é\\u0001\\t\\u0008")
jsonencode(1.5)
jsonencode(1e30)
jsonencode(0.1 + 0.2)
jsonencode(null)
jsonencode(toset(["b", "a"]))
jsonencode({})
jsonencode([])
jsonencode("\\\\ / \\"")
jsondecode("{\\"a\\": [1, 2.50, null, true, \\"x\\"]}")
jsondecode("1e3")
jsondecode("[]")
jsondecode("{}")
jsondecode("")
jsondecode("{")
jsondecode("[1] x")
jsondecode("NaN")
jsondecode("\\"\\\\ud83d\\\\ude00\\"")
jsondecode("{\\"a\\":1,\\"a\\":2}")
jsondecode("123456789012345678901234567890.5")
jsondecode("[{\\"a\\":1},{\\"a\\":\\"x\\"}]")
urlencode("a b&c=d/é~-_.*+")
urlencode("")
yamldecode("a: 1")
yamldecode("a: 0x1F")
yamldecode("a: 0o17")
yamldecode("a: 1.50")
yamldecode("a: 1e3")
yamldecode("a: 12:30")
yamldecode("- a\\n- b: 1\\n")
yamldecode("a: &x {b: 1}\\nc: *x\\n")
yamldecode("a: &x {b: 1}\\nc:\\n  <<: *x\\n  d: 2\\n")
yamldecode("")
yamldecode("a: b: c")
yamldecode("1: a")
yamldecode("true: a")
yamldecode("---\\na\\n---\\nb\\n")
yamldecode("|\\n  a\\n  b\\n")
yamldecode("\\"a\\\\nb\\"")
yamldecode("a: 1_000")
yamldecode("a: +1")
yamldecode("a: =")
yamldecode("[]")
yamldecode("{}")
yamldecode("~")
yamlencode({ a = 1, b = [1, { c = 2, d = [] }], e = {} })
yamlencode("a\\nb\\n")
yamlencode({ a = "x\\ny", b = "x\\ny\\n" })
yamlencode(["a", true, null, 1.5])
yamlencode([[1, 2], [3]])
yamlencode([{ a = 1, b = 2 }])
yamlencode(null)
yamlencode("a")
yamlencode([])
yamlencode({})
yamlencode({ a = [[1]], "b c" = { d = "yes" } })
yamlencode({ a = { b = "l1\\n\\nl2" } })
yamlencode(["l1\\nl2\\n"])
yamlencode("é<>&")
yamlencode(toset(["b", "a"]))
yamlencode(" a")
yamlencode({ a = " x\\ny" })
"""

_NETWORK = """
cidrhost("10.0.0.0/8", 5)
cidrhost("10.0.0.0/8", -1)
cidrhost("10.0.0.0/30", 4)
cidrhost("10.0.0.5/24", 1)
cidrhost("fd00::/64", 34)
cidrhost("fd00::/64", -1)
cidrhost("10.0.0.0", 1)
cidrhost("x/8", 1)
cidrhost("10.0.0.0/30", 1.5)
cidrhost("010.0.0.0/8", 1)
cidrnetmask("10.0.0.0/12")
cidrnetmask("fd00::/64")
cidrnetmask("10.0.0.0/0")
cidrsubnet("10.0.0.0/16", 8, 2)
cidrsubnet("10.0.0.0/16", 0, 0)
cidrsubnet("10.0.0.0/16", 8, 256)
cidrsubnet("10.0.0.0/16", 17, 0)
cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)
cidrsubnet("10.1.2.3/16", 4, 15)
cidrsubnets("10.0.0.0/16", 4, 4, 8, 4)
cidrsubnets("10.0.0.0/16")
cidrsubnets("10.0.0.0/16", 0)
cidrsubnets("10.0.0.0/16", 1, 1, 1)
cidrsubnets("fd00::/48", 16, 16)
"""

_PATHS = """
abspath("/a/../b")
basename("/a/b.txt")
basename("/a/b/")
basename("/")
basename("")
basename("b")
dirname("/a/b.txt")
dirname("/a/b/")
dirname("b")
dirname("/")
dirname("")
dirname("/a//b/../c")
pathexpand("/x/~/y")
fileexists("missing")
file("missing")
filebase64("missing")
fileset(".", "*.none")
templatefile("missing", {})
"""

_CALLS = """
core::upper("a")
upper("a",)
upper()
upper("a", "b")
max([1, 2], [3]...)
max(toset([1, 2])...)
upper(["a"]...)
max([]...)
max(1, null...)
concat([["a"], ["b"]]...)
max("a"...)
"""

_TIMES = """
formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")
formatdate("MMM DD, YYYY", "2018-01-02T23:12:01Z")
formatdate("HH:mmaa", "2018-01-02T23:12:01Z")
formatdate("H:m:s AA", "2018-01-02T03:02:01Z")
formatdate("h 'o''clock' Z", "2018-01-02T00:02:01+02:00")
formatdate("ZZZZ ZZZZZ ZZZ Z", "2018-01-02T00:02:01+02:00")
formatdate("ZZZZ ZZZZZ ZZZ Z", "2018-01-02T00:02:01+00:00")
formatdate("YYYY-MM-DD'T'hh:mm:ssZ", "2018-12-31T00:02:01Z")
formatdate("M D YY MMMM EEE", "2018-12-31T00:02:01Z")
formatdate("HH", "2018-12-31T00:00:00Z")
formatdate("HH", "2018-12-31T12:00:00Z")
formatdate("YYY", "2018-12-31T12:00:00Z")
formatdate("b", "2018-12-31T12:00:00Z")
formatdate("'open", "2018-12-31T12:00:00Z")
formatdate("", "2018-12-31T12:00:00Z")
formatdate("YYYY", "2018-12-31")
formatdate("YYYY", "2018-13-31T12:00:00Z")
formatdate("YYYY", "2018-12-31T25:00:00Z")
formatdate("YYYY", "")
formatdate(null, "2018-12-31T12:00:00Z")
timeadd("2017-11-22T00:00:00Z", "10m")
timeadd("2017-11-22T00:00:00Z", "-10m")
timeadd("2017-11-22T00:00:00Z", "1h30m10s")
timeadd("2017-11-22T00:00:00Z", "1.5h")
timeadd("2017-11-22T00:00:00Z", "1500ms")
timeadd("2017-11-22T00:00:00Z", "0")
timeadd("2017-11-22T00:00:00Z", "8760h")
timeadd("2017-11-22T00:00:00+02:00", "1h")
timeadd("2017-11-22T00:00:00.5Z", "1s")
timeadd("2017-11-22T00:00:00Z", "1d")
timeadd("2017-11-22T00:00:00Z", "")
timeadd("2017-11-22T00:00:00Z", "10")
timeadd("2017-11-22T00:00:00Z", "h")
timeadd("2017-11-22", "1h")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")
timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T01:00:00+01:00", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T00:00:00.1Z", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T00:00:00Z", "now")
length(timestamp())
"""

_IDENTIFIERS = """
uuidv5("dns", "www.terraform.io")
uuidv5("url", "https://www.terraform.io/")
uuidv5("oid", "1.3.6.1.4")
uuidv5("x500", "CN=Example,C=GB")
uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io")
uuidv5("nothing", "www.terraform.io")
uuidv5("dns", "")
length(uuid())
uuid() == uuid()
length(bcrypt("secret", 4))
substr(bcrypt("secret", 5), 0, 7)
bcrypt("secret", 4, 5)
bcrypt("secret", 32)
rsadecrypt("x", "y")
rsadecrypt("eA==", "no key")
base64sha512("hello")
base64sha512("")
csvdecode("a,b,c\\n1,2,3\\n4,5,6\\n")
csvdecode("a,b\\n\\"x,y\\",\\"q\\"\\"z\\"\\n")
csvdecode("a,b\\n")
csvdecode("a")
csvdecode("")
csvdecode("a,a\\n1,2")
csvdecode("a,b\\n1")
csvdecode("a,b\\n1,2,3")
csvdecode("a,b\\r\\n1,2\\r\\n")
csvdecode("a\\n\\n1\\n")
csvdecode("a,b\\n 1 ,\\n")
textencodebase64("Hello World", "UTF-16LE")
textencodebase64("Hello World", "UTF-8")
textencodebase64("h\\u00e9", "ISO-8859-1")
textencodebase64("\\u20ac", "windows-1252")
textencodebase64("\\u20ac", "ISO-8859-1")
textencodebase64("a", "UTF-16BE")
textencodebase64("a", "nothing")
textdecodebase64("SABlAGwAbABvACAAVwBvAHIAbABkAA==", "UTF-16LE")
textdecodebase64("6Q==", "ISO-8859-1")
textdecodebase64("gA==", "windows-1252")
textdecodebase64("*", "UTF-8")
textdecodebase64("6Q==", "nothing")
indent(-1, "a\\nb")
transpose({ a = null })
transpose({ a = [null] })
length(setproduct(toset(["a"]), toset([])))
setunion(toset([1]), false ? toset(["a"]) : toset([]))
(1 == 2 ? (null ? [true, true] : [true]) : [])
fileexists("")
fileexists(".")
fileexists("/dev/null")
fileexists("nope")
ephemeralasnull("a")
ephemeralasnull(null)
ephemeralasnull([1, "b"])
filemd5("missing")
filesha256("missing")
filebase64sha512("missing")
"""

EXPRESSIONS = [
    line
    for family in (
        _OPERATORS,
        _CONDITIONALS,
        _COLLECTIONS,
        _TEMPLATES,
        _NUMERIC,
        _STRINGS,
        _FORMAT,
        _LISTS,
        _MAPS,
        _CONVERSION,
        _ENCODING,
        _NETWORK,
        _PATHS,
        _CALLS,
        _TIMES,
        _IDENTIFIERS,
    )
    for line in family.strip().split("\n")
]

_NO_INFINITY = "there is no infinity here: no argument takes one"
_KUBERNETES_YAML = "the same YAML reader serves manifests, and reads plain scalars so that none changes silently"
_NO_WRAPPING = "Terraform wraps around to an address outside of the network"

DEPARTURES = {
    "1 / 0": ('"(in error)"', _NO_INFINITY),
    "5 % 0": ('"(in error)"', _NO_INFINITY),
    "log(0, 2)": ('"(in error)"', _NO_INFINITY),
    'tonumber("inf")': ('"(in error)"', _NO_INFINITY),
    'yamldecode(".inf")': ('".inf"', _NO_INFINITY),
    "-0": ("0", "there is one zero"),
    'format("%s", null)': ('"(in error)"', "Terraform takes a null without a type for an unknown"),
    'format("%v", null)': ('"null"', "Terraform takes a null without a type for an unknown"),
    'element(["a", "b"], -1)': ('"b"', "later versions of Terraform count from the end, as here"),
    'yamldecode("yes")': ('"yes"', _KUBERNETES_YAML),
    'yamldecode("017")': ("15", _KUBERNETES_YAML),
    'yamldecode("2020-01-01")': ('"2020-01-01"', _KUBERNETES_YAML),
    'yamldecode("{a: 1, a: 2}")': ('"(in error)"', "a key that is there twice is a mistake"),
    'cidrsubnet("10.0.0.0/16", -1, 0)': ('"(in error)"', _NO_WRAPPING),
    'cidrsubnet("10.0.0.0/16", 8, -1)': ('"(in error)"', _NO_WRAPPING),
    'substr("abc", -2, 0)': ('""', "no characters are an empty text, from wherever they are counted"),
    'templatestring("a", {})': ('"a"', "Terraform takes a reference only; what is written out is no worse a template"),
}
