// A block that the page cannot draw: its JSON and a warning, so that nothing is silently dropped.

export function UnknownBlock({ block }) {
  return (
    <div className="unknown-block" id={block.block_id}>
      <strong>This page cannot draw a “{String(block.type)}” block. Slack may.</strong>
      <pre>{JSON.stringify(block, null, 2)}</pre>
    </div>
  );
}
