import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFolder } from "../../../../tools/codegen/src/disk/read.js";
import { generate } from "../../../../tools/codegen/src/generate.js";

const sources = await readFolder(join(import.meta.dirname, "../../../../lua"), [".lua"]);
const { lua, model } = generate(sources, { client: "moonpath/client", namespace: "shop", sourceRoot: "lua" });

/** What a line calls and names: commands, functions, texts. Enough to tell one line of a script from another. */
function marks(line: string): string[] {
  return [...line.matchAll(/redis\.p?call\("[A-Z]+"|[a-z_.]+(?=\()|"[^"]*"/g)].map(([mark]) => mark).sort();
}

describe.each(model.scripts.map((script) => script.name))("the line map of %s", (name) => {
  const emitted = lua.get(name);
  const text = emitted?.text.split("\n") ?? [];
  const mapped = [...(emitted?.lines ?? [])].flatMap(([file, lines]) =>
    [...lines].map(([line, original]) => ({ file, line, original })),
  );

  it("leads every line with a command to the source line that holds the same command", () => {
    const commands = text.flatMap((line, index) => {
      const command = /redis\.p?call\("[A-Z]+"/.exec(line)?.[0];
      return command === undefined ? [] : [{ command, line: index + 1 }];
    });
    const wrong = commands.filter(({ command, line }) => {
      const origin = mapped.find((one) => one.line === line);
      return !sourceAround(origin).includes(command);
    });
    expect(wrong).toEqual([]);
  });

  it("leads every line that stops the script to the source line that does", () => {
    const wrong = text.flatMap((line, index) => {
      const call = /\b(?:corrupt|misuse|stop)\("/.exec(line)?.[0];
      if (call === undefined) return [];
      const origin = mapped.find((one) => one.line === index + 1);
      return sourceAround(origin).includes(call) ? [] : [line];
    });
    expect(wrong).toEqual([]);
  });

  it("leads to lines that hold what the mapped line names", () => {
    const wrong = mapped.filter(({ file, line, original }) => {
      const source = (sources.get(file) ?? "").split("\n");
      // A statement may stand on several lines of the source, and so may a line of the text.
      const near = source.slice(Math.max(0, original - 6), original + 20).join("");
      const bare = near.replace(/\s+/g, "");
      return marks(text[line - 1] ?? "").some((mark) => !bare.includes(mark.replace(/\s+/g, "")));
    });
    expect(wrong).toEqual([]);
  });

  it("leaves out the header and the generated edge", () => {
    const edge = text.findIndex((line) => /^(local function edge_|if # KEYS)/.test(line)) + 1;
    expect(edge).toBeGreaterThan(3);
    expect(mapped.filter(({ line }) => line <= 3 || line >= edge)).toEqual([]);
  });

  function sourceAround(origin: (typeof mapped)[number] | undefined): string {
    if (origin === undefined) return "";
    // A long call stands on several lines of the source, its command on the second.
    const lines = (sources.get(origin.file) ?? "")
      .split("\n")
      .slice(origin.original - 1, origin.original + 1);
    return lines.join("").replace(/\s+/g, "");
  }
});
