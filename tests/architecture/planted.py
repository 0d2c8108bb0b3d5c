"""Violations that every rule must find, and code beside them that none may mind."""

from tests.architecture import habits, places, sinks

LONG = "\n".join(["x = 1"] * 401)
LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 50

VIOLATIONS = [
    (habits.says_what_it_is, "services/a.py", "x = 1"),
    (habits.has_a_telling_name, "services/mail_utils.py", ""),
    (habits.has_a_telling_name, "ui/base_service.py", ""),
    (habits.has_a_telling_name, "tests/helpers.py", ""),
    (habits.is_short, "services/a.py", LONG),
    (habits.is_short, "tests/test_a.py", LONG_FUNCTION),
    (habits.never_replaces_nicegui, "ui/a.py", "import ui.pane"),
    (habits.never_replaces_nicegui, "tests/test_a.py", "import ui as screens"),
    (habits.imports_stand_at_the_top, "services/a.py", "def f():\n    import json"),
    (habits.imports_stand_at_the_top, "ui/a.py", "async def f():\n    from ui.x import y"),
    (habits.imports_nothing_for_types_only, "models/a.py", "if TYPE_CHECKING:\n    x = 1"),
    (habits.imports_nothing_for_types_only, "ui/a.py", "if typing.TYPE_CHECKING:\n    x = 1"),
    (
        places.transactions_open_in_one_place,
        "services/a.py",
        "from tortoise.transactions import in_transaction",
    ),
    (places.transactions_open_in_one_place, "services/a.py", "run('BEGIN IMMEDIATE')"),
    (places.mail_is_spoken_in_one_place, "services/batches.py", "import smtplib"),
    (places.mail_is_spoken_in_one_place, "ui/a.py", "from aiosmtplib import send"),
    (places.screens_take_only_enums_from_models, "ui/a.py", "import models"),
    (places.screens_take_only_enums_from_models, "ui/a.py", "from models import *"),
    (
        places.screens_take_only_enums_from_models,
        "ui/a.py",
        "from models import Code\nasync def f():\n    return await Code.filter(id=1)",
    ),
    (
        places.screens_take_only_enums_from_models,
        "ui/a.py",
        "from models.code import Code\nasync def f():\n    await Code(id=1).save()",
    ),
    *(
        (places.screens_touch_no_rows, "ui/a.py", f"async def f(code):\n    {line}")
        for line in (
            "await code.save()",
            "await code.delete()",
            "await code.update(status=1)",
            "await code.batch.fetch_related('plan')",
            "rows = await workspace.codes.filter(id=1)",
            "query = Code.filter(id=1)",
            "return Code.create(id=1)",
            "run(lambda: code.save())",
        )
    ),
    *(
        (places.paths_stand_in_routes, "ui/a.py", line)
        for line in ("x = '/login'", "x = f'/w/{slug}'", "x = base + '/'", "x = f'{base}/a'")
    ),
    (places.paths_stand_in_routes, "services/a.py", "x = '/login'"),
    (places.paths_stand_in_routes, "services/a.py", "x = f'{base}/a/{token}'"),
    *(
        (sinks.markup_is_fixed, "ui/a.py", f"def f(name, element):\n    {line}")
        for line in (
            "element.props(f'aria-label={name}')",
            "element.props('aria-label=' + name)",
            "element.props('aria-label=%s' % name)",
            "element.props('aria-label={}'.format(name))",
            "element.props(name)",
            "element.props(remove=name)",
            "element.classes(name)",
            "element.classes(**{name: 'on'})",
            "element.classes(row['tone'])",
            "word = name\n    element.classes(word)",
            "word = 'a'\n    word += name\n    element.classes(word)",
            "element.style(f'color: {name}')",
            "element.add_slot('body', name)",
            "element.add_slot('body', f'<b>{name}</b>')",
            "element.add_slot(name)",
            "element.on('click', js_handler=f'() => {name}')",
            "element.run_method(name)",
            "Column(name='a', label='b', cell=name)",
            "Column(name='a', label='b', cell=CELL.replace('x', name))",
            "Column(name='a', label='b', look=name)",
            "element.classes(TONES.get('a', name))",
            "text('b', 'words', name)",
            "text('b', 'words', f'tile {name}')",
            "text('b', 'words', look=name)",
            "icon(name)",
            "button('Go', look=name)",
            "empty('Nothing', 'Here', glyph=name)",
            "browser.call(name)",
            "[element.classes(each) for each in name]",
            "for each in name:\n        element.classes(each)",
        )
    ),
    *(
        (sinks.raw_markup_is_not_written, "ui/a.py", line)
        for line in (
            "ui.html('<b>x</b>')",
            "ui.markdown(text)",
            "ui.add_css('x')",
            "ui.add_body_html('x')",
            "ui.add_head_html('x')",
            "ui.run_javascript('x')",
            "client.run_javascript('x')",
            "Markup(text)",
            "Environment(loader=loader)",
            "Environment(autoescape=False)",
        )
    ),
    *(
        (sinks.attributes_are_dead, "ui/a.py", line)
        for line in (
            "element.props['innerHTML'] = name",
            "element.props['onclick'] = name",
            "element.props['v-html'] = name",
            "element.props[name] = 'x'",
            "element.props.update({'srcdoc': name})",
            "element.props.update({name: 'x'})",
            "element.props.update(everything)",
        )
    ),
]

HARMLESS = [
    (habits.says_what_it_is, "services/a.py", '"""What is cleared away."""'),
    (habits.has_a_telling_name, "services/catalog.py", ""),
    (habits.is_short, "models/migrations/0001_initial.py", LONG),
    (habits.never_replaces_nicegui, "ui/a.py", "from ui.pane import build"),
    (places.transactions_open_in_one_place, "services/a.py", "from services.database import x"),
    (places.mail_is_spoken_in_one_place, "services/smtp.py", "import aiosmtplib"),
    (
        places.screens_take_only_enums_from_models,
        "ui/a.py",
        "from models import Code\ndef f(code: Code) -> Code:\n    return code",
    ),
    (
        places.screens_touch_no_rows,
        "ui/a.py",
        "from services import workspaces\nasync def f():\n    await workspaces.create(actor)",
    ),
    (places.screens_touch_no_rows, "services/a.py", "async def f(x):\n    await x.save()"),
    (places.paths_stand_in_routes, "ui/routes.py", "LOGIN = '/login'"),
    (places.paths_stand_in_routes, "services/a.py", "x = f'{folder}/'"),
    *(
        (sinks.markup_is_fixed, "ui/a.py", line)
        for line in (
            "element.classes('a').props('b')",
            "element.classes('a' if name else 'b')",
            "element.classes(f'tile-{number % 5}')",
            "element.classes(TONES[status])",
            "element.props(f'id={element.id}')",
            "def f(look):\n    element.classes(look)",
            "CELL = '<q-td />'\ndef f():\n    element.add_slot('body', CELL)",
            "from ui.components.status import PILL\nColumn(name='a', label='b', cell=PILL)",
        )
    ),
    (sinks.raw_markup_is_not_written, "ui/theme.py", "ui.add_head_html('x')"),
    (sinks.raw_markup_is_not_written, "ui/components/browser.py", "ui.run_javascript('x')"),
    (sinks.raw_markup_is_not_written, "ui/public/pages.py", "Environment(autoescape=True)"),
    (sinks.attributes_are_dead, "ui/a.py", "element.props['aria-label'] = name"),
]
