// One element of a section or actions block: a button or image by the library, an input by us, sent when it changes.
import { useContext, useState } from "react";
import { Element, isInput } from "../inputs/Element.jsx";
import { initialState, sentValue } from "../inputs/elementState.js";
import { plain } from "./plain.js";
import { ActionContext } from "./ActionScope.jsx";
import { LibraryBlock } from "./LibraryBlocks.jsx";
import { OverflowMenu } from "./OverflowMenu.jsx";
import { UnknownBlock } from "./UnknownBlock.jsx";

export function ElementOf({ block, element }) {
  if (isInput(element)) return <SentInput block={block} element={element} />;
  if (element.type === "overflow") return <OverflowMenu block={block} element={element} />;
  if (element.type === "image") return <img className="section__image" src={element.image_url} alt={element.alt_text} />;
  if (element.type === "button") {
    return <LibraryBlock block={{ type: "actions", block_id: block.block_id, elements: [element] }} />;
  }
  return <UnknownBlock block={element} />;
}

function SentInput({ block, element }) {
  const scope = useContext(ActionContext);
  const [own, setOwn] = useState(() => initialState(element));
  const inView = scope.form?.get(block.block_id, element.action_id);
  const change = (next) => {
    if (inView) scope.form.set(block.block_id, element.action_id, next);
    else setOwn(next);
    scope.send(block, element, sentValue(next));
  };
  return (
    <Element
      element={element}
      label={plain(element.placeholder) || plain(block.text) || element.action_id}
      state={inView || own}
      onChange={change}
      loadOptions={(value) => scope.options(block, element, value)}
    />
  );
}
