"""What a column is called when the query does not name it."""

import re

from sandbox.azure.graph.syntax import Call, Column, Expression, Path

# These give their result the name of what they convert.
_TRANSPARENT = frozenset({"tostring", "todatetime", "toint", "tolong", "todouble", "toreal", "tobool", "bin"})
_ODD = re.compile(r"\W", re.ASCII)


def own_name(expression: Expression) -> str:
    """`p.a.b` becomes p_a_b, a conversion keeps the name of what it converts; "" if there is none."""
    match expression:
        case Column(name=name):
            return name
        case Path(base=base, steps=steps) if own_name(base):
            return "_".join([own_name(base), *(_ODD.sub("_", str(step)) for step in steps)])
        case Call(name=name, arguments=(first, *_)) if name in _TRANSPARENT:
            return own_name(first)
    return ""
