// An actions block: all buttons go to the library at once; other elements are drawn by us, one by one.
import { ElementOf } from "./ElementOf.jsx";
import { LibraryBlock } from "./LibraryBlocks.jsx";

export function ActionsBlock({ block }) {
  if (block.elements.every((element) => element.type === "button")) return <LibraryBlock block={block} />;
  return (
    <div className="actions" id={block.block_id}>
      {block.elements.map((element, index) => (
        <ElementOf block={block} element={element} key={element.action_id || index} />
      ))}
    </div>
  );
}
