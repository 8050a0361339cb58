// Builds what the program embeds: web/dist (styles, script, icons, notices) and internal/territory/official/dist
// (codes and names of areas). Run after `npm ci`; fails when a size goal is missed.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { areas } from "./areas.mjs";
import { notices } from "./notices.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const distTest = join(here, "dist-test");
const official = join(here, "../internal/territory/official/dist");

// Goals in bytes over the wire (gzip).
const goals = { script: 25 * 1024, ownScript: 8 * 1024, style: 18 * 1024, areas: 1024 * 1024 };

// empty removes what an earlier build left; .keep stays, so that the folder is always there for go:embed.
async function empty(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (name !== ".keep") await rm(join(folder, name), { recursive: true });
}

const common = { absWorkingDir: here, bundle: true, minify: true, legalComments: "none", logLevel: "warning", charset: "utf8" };
const script = { ...common, entryPoints: ["js/app.js"], format: "iife", target: "es2022" };

async function bundle() {
  await build({ ...script, outfile: join(dist, "app.js"), alias: { "htmx.org": "htmx.org/dist/htmx.esm.js" } });
  await build({ ...common, entryPoints: ["css/app.css"], outfile: join(dist, "app.css") });
  const own = await build({ ...script, external: ["htmx.org"], format: "esm", write: false });
  return gzipSync(own.outputFiles[0].contents, { level: 9 }).length;
}

async function icons() {
  for (const name of ["ikon.svg", "logo.svg"]) {
    const text = await readFile(join(here, "icons", name), "utf8");
    await writeFile(join(dist, name), text.replace(/<!--[\s\S]*?-->\n?/g, "").replace(/>\n</g, "><"));
  }
}

const packed = async (...path) => gzipSync(await readFile(join(...path)), { level: 9 }).length;

function check(name, size, goal) {
  console.log(`${name.padEnd(12)} ${String(size).padStart(7)} bytes gzip, goal ${goal}`);
  if (size > goal) throw new Error(`${name} misses its size goal by ${size - goal} bytes`);
}

for (const folder of [dist, distTest, official]) await empty(folder);
const own = await bundle();
await icons();
await writeFile(join(dist, "NOTICES.txt"), await notices(here));
await copyFile(join(here, "node_modules/axe-core/axe.min.js"), join(distTest, "axe.min.js"));
const table = await areas(here);
await writeFile(join(official, "wilayah.csv.gz"), table);
check("script", await packed(dist, "app.js"), goals.script);
check("own script", own, goals.ownScript);
check("style", await packed(dist, "app.css"), goals.style);
check("areas", table.length, goals.areas);
