// Plain text as Slack shows it: entities decoded, :emoji: drawn, nothing else interpreted.
import { emojify } from "node-emoji";

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

export const decode = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity]);

/** A text object or a string as a string to show. With `emoji: false` a :name: stays as it is written. */
export function plain(text) {
  const raw = decode(typeof text === "string" ? text : text?.text || "");
  return text?.emoji === false ? raw : emojify(raw);
}
