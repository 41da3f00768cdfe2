import { renameSync, symlinkSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  MAX_DEPTH,
  MAX_FILE_BYTES,
  readBytes,
  readFolderIfThere,
} from "../../../../tools/codegen/src/disk/read.js";
import { replaceFiles } from "../../../../tools/codegen/src/disk/write.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "moonpath-disk-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("hole 17: the reader of a folder", () => {
  test("limits the depth of folders", async () => {
    await mkdir(join(folder, ...Array<string>(MAX_DEPTH + 1).fill("deeper")), { recursive: true });
    await expect(readBytes(folder, [".lua"])).rejects.toThrow(/is more than 64 folders deep$/);
  });

  test("limits the total size of all files", async () => {
    for (let number = 0; number < 11; number++) {
      const file = await open(join(folder, `${number}.lua`), "w");
      await file.truncate(MAX_FILE_BYTES);
      await file.close();
    }
    await expect(readBytes(folder, [".lua"])).rejects.toThrow("the files together are larger than 100 MB");
  });

  test("returns nothing for a missing folder and reports an error of an existing one", async () => {
    expect(await readFolderIfThere(join(folder, "nowhere"), [".lua"])).toEqual(new Map());
    await writeFile(join(folder, "file"), "");
    await expect(readFolderIfThere(join(folder, "file"), [".lua"])).rejects.toThrow("ENOTDIR");
  });
});

describe("hole 1: replaced files", () => {
  test("keep their permissions and leave no temporary files", async () => {
    await writeFile(join(folder, "run.lua"), "old");
    await chmod(join(folder, "run.lua"), 0o750);
    await replaceFiles(folder, new Map([["run.lua", "new"]]));
    expect((await stat(join(folder, "run.lua"))).mode & 0o777).toBe(0o750);
    expect(await readFile(join(folder, "run.lua"), "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["run.lua"]);
  });

  test("stay unchanged if one of them cannot be written", async () => {
    await mkdir(join(folder, "taken.lua"));
    const texts = new Map([
      ["free.lua", "new"],
      ["taken.lua", "new"],
    ]);
    await expect(replaceFiles(folder, texts)).rejects.toThrow(
      "taken.lua is not a file; move it out of the folder",
    );
    expect(await readdir(folder)).toEqual(["taken.lua"]);
  });

  test("are not written through a link that replaced a folder after its check", async () => {
    const out = join(folder, "out");
    const elsewhere = join(folder, "elsewhere");
    await mkdir(join(out, "ts"), { recursive: true });
    await mkdir(elsewhere);
    /** Puts the link there when the texts are read, which is after all paths were checked. */
    class Swapping extends Map<string, string> {
      override [Symbol.iterator]() {
        renameSync(join(out, "ts"), join(out, "moved"));
        symlinkSync(elsewhere, join(out, "ts"));
        return super[Symbol.iterator]();
      }
    }
    const texts = new Swapping();
    texts.set("ts/index.ts", "text");
    await expect(replaceFiles(out, texts)).rejects.toThrow("a link replaced a folder during the run");
    expect(await readdir(elsewhere)).toEqual([]);
  });
});
