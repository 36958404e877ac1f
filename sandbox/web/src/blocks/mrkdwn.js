// mrkdwn -> a rich_text block, as Slack itself stores messages. The library draws rich_text exactly, but its own reading
// of mrkdwn is Markdown's: it swallows headings, tables and $...$, and makes escaped mentions live.
import { decode } from "./plain.js";

const textRun = (text, style) => (text ? [{ type: "text", text: decode(text), ...styled(style) }] : []);
const styled = (style) => (Object.keys(style).length ? { style } : {});

const emojiPattern = /:([a-z0-9_+'-]+):/g;

// Each rule: a pattern, and what a match becomes. The earliest match wins; ties go to the first rule.
const rules = [
  { pattern: /`([^`\n]+)`/g, make: (m, style) => textRun(m[1], { ...style, code: true }) },
  { pattern: /<([^<>\n]+)>/g, make: (m, style) => angle(m[1], style) },
  { pattern: marker("\\*"), make: (m, style) => inline(m[1], { ...style, bold: true }) },
  { pattern: marker("_"), make: (m, style) => inline(m[1], { ...style, italic: true }) },
  { pattern: marker("~"), make: (m, style) => inline(m[1], { ...style, strike: true }) },
  { pattern: emojiPattern, make: (m, style) => [{ type: "emoji", name: m[1], ...styled(style) }] },
  { pattern: /\bhttps?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"]/g, make: (m, style) => [link(m[0], m[0], style)] },
];

/** Slack's marks hold only between a boundary and a non-space: *this* but not 2 * 3 * 4 nor snake_case_name. */
function marker(mark) {
  const letter = `[\\p{L}\\p{N}${mark}]`;
  return new RegExp(`(?<!${letter})${mark}(?![\\s${mark}])([^${mark}\\n]*[^\\s${mark}])${mark}(?!${letter})`, "gu");
}

const link = (url, text, style) => ({ type: "link", url: decode(url), text: decode(text), ...styled(style) });

function angle(inside, style) {
  const [target, label] = splitOnce(inside, "|");
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return [{ type: "user", user_id: target.slice(1), ...styled(style) }];
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return [{ type: "channel", channel_id: target.slice(1), ...styled(style) }];
  if (/^!(here|channel|everyone)$/.test(target)) return [{ type: "broadcast", range: target.slice(1) }];
  if (target.startsWith("!subteam^")) return [{ type: "usergroup", usergroup_id: target.slice(9) }];
  if (target.startsWith("!date^")) return date(target, label, style);
  if (/^(https?:\/\/|mailto:|tel:)/.test(target)) return [link(target, label || target, style)];
  return textRun(`<${inside}>`, style);
}

function date(target, fallback, style) {
  const [, seconds, format] = target.split("^");
  if (!/^\d+$/.test(seconds) || !format) return textRun(fallback || target, style);
  return [{ type: "date", timestamp: Number(seconds), format, ...styled(style) }];
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function matchFrom(pattern, text, from) {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

/** Each rule's next match is kept until it is passed: a long text is scanned once per rule, not once per match. */
function inline(text, style, wanted = rules) {
  const elements = [];
  const next = wanted.map((rule) => ({ rule, match: matchFrom(rule.pattern, text, 0) }));
  let at = 0;
  for (;;) {
    for (const one of next) {
      if (one.match && one.match.index < at) one.match = matchFrom(one.rule.pattern, text, at);
    }
    const found = next.filter((one) => one.match);
    if (!found.length) return [...elements, ...textRun(text.slice(at), style)];
    const { rule, match } = found.reduce((best, one) => (one.match.index < best.match.index ? one : best));
    elements.push(...textRun(text.slice(at, match.index), style), ...rule.make(match, style));
    at = match.index + match[0].length;
  }
}

/** Lines that begin with > (or its entity) form one quote; the others one section. */
function paragraphs(text) {
  const parts = [];
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>)\s?/.exec(line);
    const type = quote ? "rich_text_quote" : "rich_text_section";
    const shown = quote ? line.slice(quote[0].length) : line;
    const last = parts[parts.length - 1];
    if (last?.type === type) last.lines.push(shown);
    else parts.push({ type, lines: [shown] });
  }
  return parts.map(({ type, lines }) => ({ type, elements: inline(lines.join("\n"), {}) }));
}

/** Text outside and inside ``` fences, in turns; a fence that never closes is text. */
function fenced(text) {
  const parts = text.split("```");
  if (parts.length % 2 === 0) {
    const tail = parts.pop();
    parts[parts.length - 1] += `\`\`\`${tail}`;
  }
  return parts;
}

function pieces(text) {
  const parts = fenced(text);
  return parts.flatMap((part, index) => {
    if (index % 2) return [{ type: "rich_text_preformatted", elements: textRun(part.replace(/^\n|\n$/g, ""), {}) }];
    const afterFence = index ? part.replace(/^\n/, "") : part;
    const shown = index < parts.length - 1 ? afterFence.replace(/\n$/, "") : afterFence;
    return shown ? paragraphs(shown) : [];
  });
}

const emojiOnly = rules.filter((rule) => rule.pattern === emojiPattern);

/** A text object ({type: "mrkdwn"|"plain_text", text}) as a rich_text block. */
export function richText(textObject, blockId) {
  const { type, text, emoji } = textObject;
  const plainRules = emoji === false ? [] : emojiOnly;
  const elements =
    type === "plain_text" ? [{ type: "rich_text_section", elements: inline(text, {}, plainRules) }] : pieces(text);
  return { type: "rich_text", elements, ...(blockId ? { block_id: blockId } : {}) };
}
