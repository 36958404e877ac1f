// Draws a list of blocks: inputs and interactive elements by ourselves, everything else by the library.
import { ActionsBlock } from "./ActionsBlock.jsx";
import { ContextBlock } from "./ContextBlock.jsx";
import { LibraryBlock } from "./LibraryBlocks.jsx";
import { SectionBlock } from "./SectionBlock.jsx";
import { UnknownBlock } from "./UnknownBlock.jsx";
import { InputBlock } from "../inputs/InputBlock.jsx";

const ours = { actions: ActionsBlock, context: ContextBlock, section: SectionBlock, input: InputBlock };

const drawnByLibrary = new Set([
  "alert", "card", "carousel", "container", "context_actions", "data_visualization", "divider", "header", "image",
  "markdown", "plan", "rich_text", "table", "task_card",
]);

function Block({ block }) {
  const Ours = ours[block.type];
  if (Ours) return <Ours block={block} />;
  return drawnByLibrary.has(block.type) ? <LibraryBlock block={block} /> : <UnknownBlock block={block} />;
}

export function Blocks({ blocks }) {
  return blocks.map((block, index) => (
    <div className={`block block--${block.type}`} key={block.block_id || index}>
      <Block block={block} />
    </div>
  ));
}
