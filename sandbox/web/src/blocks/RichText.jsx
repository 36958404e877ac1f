// A text object, drawn.
import { useMemo } from "react";
import { LibraryBlock } from "./LibraryBlocks.jsx";
import { richText } from "./mrkdwn.js";

export function RichText({ text }) {
  const object = typeof text === "string" ? { type: "mrkdwn", text } : text;
  const block = useMemo(() => richText(object), [object.type, object.text, object.emoji]);
  return <LibraryBlock block={block} />;
}
