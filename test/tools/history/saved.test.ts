import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSaved, save } from "../../../tools/history/saved.js";
import { lostWrite, read, write } from "../../support/history/objects.js";

test("a saved history is the same when it is read, also a call without an end", () => {
  const folder = mkdtempSync(join(tmpdir(), "moonpath-saved-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const history = [write("a", 1, 0, 5), lostWrite("b", 2, 3), read("c", 1, 6, 7)];
  save(join(folder, "register.json"), history);
  expect(readSaved(join(folder, "register.json"))).toEqual(history);
});
