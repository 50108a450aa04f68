// Writes ../static/codemirror.js, CodeMirror and what it needs as one module, and the
// licences of all of it: npm ci && npm run build
import {build} from "esbuild";
import {readFileSync, writeFileSync} from "node:fs";

const {metafile} = await build({
  entryPoints: ["editor.js"], outfile: "../static/codemirror.js",
  bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", metafile: true,
});
const packages = new Set();
for (const file of Object.keys(metafile.inputs)) {
  const found = file.match(/^(node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const texts = [...packages].sort().map(folder => {
  const {name, version} = JSON.parse(readFileSync(folder + "/package.json"));
  return `${name} ${version}\n\n${readFileSync(folder + "/LICENSE", "utf8").trim()}\n`;
});
writeFileSync("../static/codemirror.LICENSE.txt", texts.join("\n----\n\n"));
