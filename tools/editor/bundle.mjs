// Bundle editor.js into book/assets/vendor/codemirror, with the licences of what is in it: npm ci && npm run bundle
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { build } from "esbuild";

const target = new URL("../../book/assets/vendor/codemirror/", import.meta.url);
mkdirSync(target, { recursive: true });
const made = await build({
  entryPoints: ["editor.js"], bundle: true, minify: true, format: "esm", target: "es2022", metafile: true,
  legalComments: "none", outfile: new URL("editor.js", target).pathname,
});
const packages = new Set(Object.keys(made.metafile.inputs).map((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]).filter(Boolean));
const licences = [...packages].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(new URL("LICENSE", target), licences.join("\n" + "-".repeat(72) + "\n\n"));
