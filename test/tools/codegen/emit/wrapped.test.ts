import { describe, expect, test } from "vitest";
import { generate } from "../../../../tools/codegen/src/generate.js";
import { luaOf, readCases } from "../../../support/codegen/golden-cases.js";

const [guide] = readCases([]).filter(({ name }) => name === "guide");
if (guide === undefined) throw new Error("the golden folder guide is gone");
const options = { client: "moonpath/client", namespace: "shop", sourceRoot: "lua" };
const textOf = (path: string, wrapped: readonly string[]) =>
  generate(luaOf(guide), { ...options, wrapped }).files.get(path) ?? "";

describe("a wrapped domain", () => {
  test("is called through `scripts` in the documentation", () => {
    const path = "ts/voucher/redeem.ts";
    expect(textOf(path, [])).toContain("await acme.voucher.redeem({");
    const wrapped = textOf(path, ["voucher"]);
    expect(wrapped).toContain("await acme.scripts.voucher.redeem({");
    expect(wrapped).toContain("A tenant's `scripts.voucher` has it.");
  });

  test("is a member of Tenant and not of UnwrappedDomains", () => {
    const path = "ts/scripts.ts";
    expect(textOf(path, [])).not.toContain("UnwrappedDomains");
    const text = textOf(path, ["voucher"]);
    expect(text).toContain("export interface UnwrappedDomains {\n}\n");
    expect(text).toMatch(/export interface Tenant extends UnwrappedDomains \{[^}]*readonly voucher: /);
  });
});
