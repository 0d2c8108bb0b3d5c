"""Rules of markup: what a browser reads as more than text is fixed in the source."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.source import Function, Source, calls, every, functions, read

Names = dict[str, list[ast.expr]]
OPAQUE: ast.expr = ast.Name("whatever a caller gives")
FIXED: ast.expr = ast.Constant("")

ATTRIBUTES = {"props", "classes", "style", "default_props", "default_classes", "default_style"}
MARKUP = {"html", "markdown", "restructured_text", "mermaid", "add_css", "add_body_html"}
LIVING = ("inner", "outer", "on", "v-", "srcdoc")
HEAD_MODULE = "ui/theme.py"
SCRIPT_MODULE = "ui/components/browser.py"

# Parameters that become part of a class or of a function's name. Every caller gives a fixed word.
WORDS = {"look", "glyph", "tone"}
WORDS_OF = {"icon": {"name"}, "call": {"name"}}
ALLOWED = {
    ("ui/components/table.py", "column.cell"): "Column(cell=...) is fixed at each of its calls",
    ("ui/components/table.py", "f'body-cell-{column.name}'"): "the name of a slot, not markup",
    ("ui/components/table.py", "f'header-cell-{column.name}'"): "the name of a slot, not markup",
    (
        "ui/components/fields.py",
        "{key.replace('_', '-'): value for key, value in attributes.items()}",
    ): ("keyword arguments: their names stand in the source"),
}


def markup_is_fixed(source: Source) -> Iterator[str]:
    """props and classes are parsed, slots are compiled, handlers are run: none takes a variable."""
    if not source.is_in("ui"):
        return
    for call, names in scoped(source):
        for argument in _sensitive(source, call):
            if not is_fixed(argument, names) and not _is_allowed(source, argument):
                yield source.at(call, f"{ast.unparse(argument)} is not fixed in the source.")


def _is_allowed(source: Source, argument: ast.expr) -> bool:
    return (source.path, ast.unparse(argument)) in ALLOWED


def _sensitive(source: Source, call: ast.Call) -> Iterator[ast.expr]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    yield from (named[name] for name in ("js_handler", "cell", *WORDS) if name in named)
    name = _name(call)
    if isinstance(call.func, ast.Attribute):
        if name in ATTRIBUTES or name == "add_slot":
            yield from [*call.args, *named.values()]
        elif name == "run_method":
            yield from call.args[:1]
    for word, place in _words(source).get(name, {}).items():
        yield from [named[word]] if word in named else call.args[place : place + 1]


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _words(source: Source) -> dict[str, dict[str, int]]:
    return _shared_words() | _words_of(source)


@lru_cache
def _shared_words() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for source in every():
        if source.is_in("ui/components"):
            found |= {name: at for name, at in _words_of(source).items() if name[0] != "_"}
    return found


def _words_of(source: Source) -> dict[str, dict[str, int]]:
    """Of each function or class: which parameters are such words, and where they stand."""
    found: dict[str, dict[str, int]] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            found[node.name] = _places(node)
        elif isinstance(node, ast.ClassDef):
            made_by = [each for each in functions(node) if each.name == "__init__"]
            found[node.name] = _places(made_by[0]) if made_by else {}
    return {name: places for name, places in found.items() if places and name != "__init__"}


def _places(function: Function) -> dict[str, int]:
    given = [each.arg for each in function.args.args if each.arg != "self"]
    only = [each.arg for each in function.args.kwonlyargs]
    words = _words_in(function)
    return {
        word: given.index(word) if word in given else 99 for word in given + only if word in words
    }


def _words_in(function: Function | ast.Lambda) -> set[str]:
    return WORDS | WORDS_OF.get(getattr(function, "name", ""), set())


def is_fixed(value: ast.expr, names: Names) -> bool:
    """Whether only words of the source, and numbers, can come out."""
    if isinstance(value, ast.Name):
        others = {other: bound for other, bound in names.items() if other != value.id}
        return bool(names.get(value.id)) and all(is_fixed(each, others) for each in names[value.id])
    parts = _parts(value)
    return parts is not None and all(part and is_fixed(part, names) for part in parts)


def _parts(value: ast.expr) -> list[ast.expr | None] | None:
    """What it is made of; nothing more for a word or a number, None for what nobody can tell."""
    match value:
        case ast.Constant() | ast.Attribute(attr="id"):
            return []
        case ast.BinOp(op=ast.Mod(), right=ast.Constant(value=int())):
            return []
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
        case ast.Dict(keys=keys, values=values):
            return [*keys, *values]
        case ast.Subscript(value=table) if _is_table(table):
            return []
        case ast.Call(func=ast.Attribute(value=table, attr="get")) if _is_table(table):
            return [*value.args[1:]]
    return None


def _is_table(node: ast.expr) -> bool:
    return (getattr(node, "attr", None) or getattr(node, "id", "")).isupper()


def scoped(source: Source) -> Iterator[tuple[ast.Call, Names]]:
    """Each call with what the names around it are bound to."""
    yield from _scoped(source.tree, _bound(source.tree) | _imported(source.tree))


def _scoped(node: ast.AST, names: Names) -> Iterator[tuple[ast.Call, Names]]:
    for child in ast.iter_child_nodes(node):
        inner = names
        if isinstance(child, Function | ast.Lambda):
            inner = names | _parameters(child) | _bound(child)
        if isinstance(child, ast.Call):
            yield child, inner
        yield from _scoped(child, inner)


def _parameters(function: Function | ast.Lambda) -> Names:
    given = function.args
    every_one = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    words = _words_in(function)
    return {one.arg: [FIXED if one.arg in words else OPAQUE] for one in every_one if one}


def _bound(scope: ast.AST) -> Names:
    names: Names = {}
    for node in _own(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _bind(names, target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            _bind(names, node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            _bind(names, node.target, OPAQUE)
        elif isinstance(node, ast.For | ast.AsyncFor):
            table = node.iter.func.value if _is_items(node.iter) else node.iter  # type: ignore[attr-defined]
            _bind(names, node.target, FIXED if _is_table(table) else OPAQUE)
    return names


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)


def _is_items(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr == "items"


def _bind(names: Names, target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Tuple):
        for each in target.elts:
            _bind(names, each, value if value is FIXED else OPAQUE)
    elif isinstance(target, ast.Name):
        names.setdefault(target.id, []).append(value)


def _imported(tree: ast.Module) -> Names:
    """Constants of other screens' parts, such as the template of a cell."""
    names: Names = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ui."):
            wanted = [alias.name for alias in node.names if alias.name.isupper()]
            if wanted:
                there = _bound(read(f"{(node.module or '').replace('.', '/')}.py").tree)
                names |= {name: there.get(name, []) for name in wanted}
    return names


def raw_markup_is_not_written(source: Source) -> Iterator[str]:
    if not source.is_in("ui"):
        return
    for call, name, on in calls(source.tree):
        if name in MARKUP and isinstance(on, ast.Name) and on.id == "ui":
            yield source.at(call, f"ui.{name}() takes markup; use an element and text.")
        elif name == "add_head_html" and source.path != HEAD_MODULE:
            yield source.at(call, f"Only {HEAD_MODULE} adds to the head.")
        elif name == "run_javascript" and source.path != SCRIPT_MODULE:
            yield source.at(call, f"Only {SCRIPT_MODULE} runs JavaScript.")
        elif name == "Markup" or (name == "Environment" and not _escapes(call)):
            yield source.at(call, "Templates escape everything.")


def _escapes(call: ast.Call) -> bool:
    given = {keyword.arg: keyword.value for keyword in call.keywords}.get("autoescape")
    return isinstance(given, ast.Constant) and given.value is True


def attributes_are_dead(source: Source) -> Iterator[str]:
    """A variable may be the value of an attribute, as long as that attribute only describes."""
    if not source.is_in("ui"):
        return
    for node in ast.walk(source.tree):
        for key in _attribute_names(node):
            is_word = isinstance(key, ast.Constant) and isinstance(key.value, str)
            if not is_word and not _is_allowed(source, key):
                yield source.at(key, "The name of an attribute stands in the source.")
            elif is_word and str(key.value).lower().startswith(LIVING):  # type: ignore[attr-defined]
                yield source.at(key, f"{ast.unparse(key)} would bring an attribute to life.")


def _attribute_names(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Subscript(value=ast.Attribute(attr="props"), slice=key, ctx=ast.Store()):
            yield key
        case ast.Call(func=ast.Attribute(attr="update", value=ast.Attribute(attr="props"))):
            for argument in node.args:
                keys = argument.keys if isinstance(argument, ast.Dict) else [argument]
                yield from (key for key in keys if key is not None)
