// Writes the official codes and names of areas from the package idn-area-data, small enough to embed.
//
// One line an area, in the order of the codes: dots for the depth, the last part of the code, a comma, the name.
//   35,Jawa Timur
//   .09,Kabupaten Jember
//   ..01,Jombang
//   ...2001,Padomasan
//   ...,Keting
// A village without a code has the one after the village before it: most have, and the table is a sixth smaller.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const least = { provinces: 38, regencies: 514, districts: 7000, villages: 80000 };

// title writes a name given in capitals as people write it.
function title(name) {
  return name.toLowerCase().replace(/[^\s-]+/g, (word) => {
    if (word === "dki") return "DKI";
    return word === "dan" ? word : word[0].toUpperCase() + word.slice(1);
  });
}

async function rows(folder, table) {
  const lines = (await readFile(join(folder, `${table}.csv`), "utf8")).trim().split(/\r?\n/).slice(1);
  if (lines.length < least[table]) throw new Error(`${table}: ${lines.length} rows, want at least ${least[table]}`);
  return lines.map((line) => {
    const parts = line.split(",");
    const code = parts[0];
    // Two dozen villages have a double quotation mark where the decree prints an apostrophe.
    const name = parts.at(-1).trim().replace(/\s+/g, " ").replace(/"/g, "'");
    if (parts.length !== (table === "provinces" ? 2 : 3) || !/^[\d.]+$/.test(code) || !name) {
      throw new Error(`${table}: unreadable line ${line}`);
    }
    return [code, name === name.toUpperCase() && table !== "villages" && table !== "districts" ? title(name) : name];
  });
}

// next gives the code of the village after one, "" after anything else.
function next(code) {
  const [last, ...above] = code.split(".").reverse();
  return above.length === 3 ? [...above.reverse(), String(Number(last) + 1).padStart(last.length, "0")].join(".") : "";
}

// areas gives the packed table; its first line names the edition.
export async function areas(here) {
  const home = join(here, "node_modules/idn-area-data");
  const { name, version } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
  const all = [];
  for (const table of Object.keys(least)) all.push(...(await rows(join(home, "data"), table)));
  all.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  let before = "";
  const lines = all.map(([code, text]) => {
    const parts = code.split(".");
    const follows = parts.length === 4 && code === next(before);
    before = code;
    return `${".".repeat(parts.length - 1)}${follows ? "" : parts.at(-1)},${text}`;
  });
  return gzipSync(`# npm ${name} ${version}\n${lines.join("\n")}\n`, { level: 9 });
}
