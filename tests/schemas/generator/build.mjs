// Writes slack/ (one JSON Schema per payload) and NOTICE.md into the folder named by the first argument.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createGenerator } from "ts-json-schema-generator";

const payloads = [
  "KnownBlocks",
  "ModalView",
  "HomeView",
  "SlashCommand",
  "BlockAction",
  "BlockSuggestion",
  "ViewSubmission",
  "ViewClosed",
  "MessageShortcut",
  "GlobalShortcut",
  "EventCallback",
  "ChatPostMessage",
  "Respond",
  "ViewAnswer",
  "SuggestionAnswer",
  "Manifest",
];
const snakeCase = (name) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

const folder = process.argv[2];
mkdirSync(`${folder}/slack`, { recursive: true });
const generator = createGenerator({
  path: "types.ts",
  tsconfig: "tsconfig.json",
  expose: "all",
  jsDoc: "none",
  topRef: true,
  additionalProperties: false,
});
const generated = Object.fromEntries(
  payloads.map((name) => [snakeCase(name), generator.createSchema(`${name}Payload`)]),
);
const shared = generated.known_blocks.definitions;

// Every payload with blocks would repeat the hundred definitions of known_blocks.json; it refers to them instead.
function referToShared(node) {
  if (Array.isArray(node)) return node.map(referToShared);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key !== "$ref") return [key, referToShared(value)];
      const name = decodeURIComponent(value.replace("#/definitions/", ""));
      return [key, name in shared ? `known_blocks.json${value}` : value];
    }),
  );
}

for (const [file, { $schema, $ref, definitions }] of Object.entries(generated)) {
  // Draft 7 ignores $id beside a $ref; hence allOf.
  const head = { $schema, $id: `slack:///${file}.json` };
  const body = { allOf: [{ $ref }], definitions };
  if (file !== "known_blocks") {
    for (const [name, definition] of Object.entries(definitions)) {
      if (name in shared && !isDeepStrictEqual(definition, shared[name])) throw new Error(`${name} has two meanings`);
    }
    body.definitions = Object.fromEntries(Object.entries(definitions).filter(([name]) => !(name in shared)));
  }
  const schema = { ...head, ...(file === "known_blocks" ? body : referToShared(body)) };
  writeFileSync(`${folder}/slack/${file}.json`, `${JSON.stringify(schema, null, 1)}\n`);
}

const sources = ["@slack/types", "@slack/web-api", "@slack/bolt"].map((name) => {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
  return `## ${name} ${version} (${license})\n\n\`\`\`text\n${text}\n\`\`\`\n`;
});
writeFileSync(
  `${folder}/NOTICE.md`,
  `# Third-party notice\n\nThe JSON Schemas in \`slack/\` are derived from the type declarations of these npm packages.\n\n${sources.join("\n")}`,
);
