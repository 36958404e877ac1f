// Builds the page into the folder given as the only argument: index.html, app.js, app.css, THIRD-PARTY-NOTICES.txt.
// The same sources and lock give the same bytes.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(process.argv[2]);

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { app: "src/main.jsx" },
    outdir: target,
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: "iife",
    target: ["es2022"],
    jsx: "automatic",
    charset: "utf8",
    legalComments: "none", // the licences stand in the notices, whole
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  await Promise.all(result.outputFiles.map((file) => writeFile(file.path, file.contents)));
  return Object.keys(result.metafile.inputs);
}

/** node_modules/a/node_modules/@b/c/x.js -> node_modules/a/node_modules/@b/c; null for our own sources. */
function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match ? match[1] : null;
}

async function notice(folder) {
  const manifest = JSON.parse(await readFile(path.join(here, folder, "package.json"), "utf8"));
  const names = (await readdir(path.join(here, folder))).sort();
  const file = names.find((name) => /^licen[cs]e(\.|$)/i.test(name));
  if (!manifest.license) throw new Error(`${manifest.name} names no licence.`);
  const text = file ? await readFile(path.join(here, folder, file), "utf8") : "(The package holds no licence text.)";
  return { title: `${manifest.name} ${manifest.version} (${manifest.license})`, text };
}

/** Code that a package brings inside its own files has no folder: its notices are kept in notices/. */
async function embeddedNotices() {
  const names = (await readdir(path.join(here, "notices"))).sort();
  return Promise.all(
    names.map(async (name) => {
      const [title, ...text] = (await readFile(path.join(here, "notices", name), "utf8")).split("\n");
      return { title, text: text.join("\n") };
    }),
  );
}

async function notices(inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter(Boolean))];
  const all = [...(await Promise.all(folders.map(notice))), ...(await embeddedNotices())];
  const byTitle = new Map(all.map((one) => [one.title, one]));
  const line = "-".repeat(78);
  const parts = [...byTitle.values()]
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, text }) => `${line}\n${title}\n\n${text.replaceAll("\r\n", "\n").trim()}\n`);
  const head = "The sandbox's page (app.js, app.css) contains these packages, each under its own licence.\n";
  await writeFile(path.join(target, "THIRD-PARTY-NOTICES.txt"), [head, ...parts].join("\n"));
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await notices(await bundle());
await writeFile(path.join(target, "index.html"), await readFile(path.join(here, "src/index.html")));
