// Collects the licences of what is bundled into the program. Tools that only build or test are not part of it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const parts = [
  { name: "htmx.org", use: "part of app.js", files: ["LICENSE"] },
  {
    name: "idn-area-data",
    use: "codes and names of areas, shortened and embedded; the data is under the Open Database License 1.0, the original at https://github.com/fityannugroho/idn-area-data",
    files: ["LICENSE", "data/LICENSE.md"],
  },
];

// notices gives the text of NOTICES.txt.
export async function notices(here) {
  const out = ["Pendapa contains the following works of others, each under its own licence.\n"];
  for (const { name, use, files } of parts) {
    const home = join(here, "node_modules", name);
    const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
    out.push(`${"=".repeat(78)}\n${name} ${version}: ${use}\n${"=".repeat(78)}\n`);
    for (const file of files) out.push((await readFile(join(home, file), "utf8")).trim() + "\n");
  }
  return out.join("\n");
}
