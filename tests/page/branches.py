"""Which branches of a chapter's words are reached by given facts."""

from jinja2 import Template, nodes

from metalsbook.page import words
from metalsbook.paths import chapters_folder


def unreached(file: str, cases: list[tuple[str, dict]]) -> list[str]:
    """Render blocks with facts; return "block, line n: kind" of every branch of the file that no case went through."""
    environment = words._templates(chapters_folder())
    source = environment.loader.get_source(environment, f"{file}.jinja")[0]
    tree = environment.parse(source)
    places = {}

    def mark(branch: list, block: str, kind: str) -> None:
        places[len(places)] = f"{block}, line {branch[0].lineno}: {kind}"
        call = nodes.Call(nodes.Name("reached", "load"), [nodes.Const(len(places) - 1)], [], None, None)
        branch.insert(0, nodes.Output([call]))

    for block in list(tree.find_all(nodes.Block)):
        mark(block.body, block.name, "block")
        for branch in list(block.find_all(nodes.If)):
            mark(branch.body, block.name, "if")
            if branch.else_:
                mark(branch.else_, block.name, "else")
    tree.set_environment(environment)
    template = Template.from_code(environment, environment.compile(tree, file), {})
    seen = set()
    for block, facts in cases:
        context = template.new_context(facts | {"reached": lambda number: seen.add(number) or ""})
        "".join(template.blocks[block](context))
    return [place for number, place in places.items() if number not in seen]
