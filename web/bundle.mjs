// Bundles the page into a folder: what is in it is one script, and the licences of what that is made of.
//   node bundle.mjs FOLDER VERSION WASM_EXEC
import { build } from "esbuild";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder, version, wasmExec] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

// The worker is a text of the script: Go's support for WebAssembly, then ours.
const workerText = {
  name: "worker-text",
  setup(bundle) {
    bundle.onResolve({ filter: /^worker-text$/ }, () => ({ path: "worker-text", namespace: "worker-text" }));
    bundle.onLoad({ filter: /.*/, namespace: "worker-text" }, async () => ({
      contents: await readFile(wasmExec, "utf8") + "\n" + await readFile(join(here, "src/worker.js"), "utf8"),
      loader: "text",
    }));
  },
};

const { metafile } = await build({
  entryPoints: [join(here, "src/app.js")], outfile: join(folder, "playground.js"), absWorkingDir: here,
  bundle: true, minify: true, format: "iife", target: "es2022", metafile: true, legalComments: "none",
  loader: { ".xml": "text" }, define: { VERSION: JSON.stringify(version) }, plugins: [workerText],
});
for (const name of ["index.html", "style.css"]) await copyFile(join(here, name), join(folder, name));

// What is bundled is what esbuild says that it has read, not what package.json asks for.
const packages = new Set(Object.keys(metafile.inputs)
  .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
const licences = [];
for (const name of [...packages].sort()) {
  const at = join(here, "node_modules", name);
  const { version: of } = JSON.parse(await readFile(join(at, "package.json"), "utf8"));
  licences.push(`\n==== ${name} ${of}\n\n${await readFile(join(at, "LICENSE"), "utf8")}`);
}
await writeFile(join(folder, "LICENSES.txt"), licences.join(""));
