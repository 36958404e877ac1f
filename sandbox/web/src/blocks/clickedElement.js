// From a click in the DOM to the block and element of the message's JSON.

const clickable = new Set(["button", "feedback_buttons", "icon_button", "workflow_button"]);

function elementsIn(value, found = []) {
  if (Array.isArray(value)) value.forEach((inner) => elementsIn(inner, found));
  else if (value && typeof value === "object") {
    if (value.action_id && clickable.has(value.type)) found.push(value);
    Object.values(value).forEach((inner) => elementsIn(inner, found));
  }
  return found;
}

function valueOf(element, node, button) {
  if (element.type !== "feedback_buttons") return element.value;
  const isFirst = [...node.querySelectorAll("button")].indexOf(button) === 0;
  return (isFirst ? element.positive_button : element.negative_button).value;
}

/** {block, element, value, node} for a click on a library button inside `wrapper`, else null. */
export function clickedElement(target, wrapper, blocks) {
  const button = target.closest("button");
  if (!button || !wrapper.contains(button)) return null;
  for (const block of blocks) {
    const inBlock = block.block_id && button.closest(`[id="${CSS.escape(block.block_id)}"]`);
    if (!inBlock) continue;
    for (const element of elementsIn(block)) {
      const node = button.closest(`[id="${CSS.escape(element.action_id)}"]`);
      if (node && wrapper.contains(node)) return { block, element, value: valueOf(element, node, button), node: button };
    }
  }
  return null;
}
