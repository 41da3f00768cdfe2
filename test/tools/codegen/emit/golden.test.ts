import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { RULES } from "../../../../tools/codegen/src/checks/rules.js";
import { hasArgumentCounts } from "../../../../tools/codegen/src/emit/lua/many.js";
import { generate } from "../../../../tools/codegen/src/generate.js";
import { FOLDER_RULES } from "../../../../tools/codegen/src/parse/rules.js";
import { runExample } from "../../../../tools/codegen/src/verify/example.js";
import { below, GOLDEN, luaOf, readCases } from "../../../support/codegen/golden-cases.js";
import { freshNamespace, sharedRedis } from "../../../support/redis.js";

const rules = [...Object.keys(RULES), ...Object.keys(FOLDER_RULES)];
const good = readCases(rules).filter((one) => one.rule === undefined);

describe("the output of the good folders", () => {
  test("type-checks in strict mode", async () => {
    const tsc = join(import.meta.dirname, "../../../../node_modules/typescript/bin/tsc");
    const run = promisify(execFile)(process.execPath, [tsc, "--noEmit", "-p", GOLDEN, "--pretty", "false"]);
    const told = await run.then(
      ({ stdout }) => stdout,
      (error: { readonly stdout: string }) => error.stdout,
    );
    expect(told).toBe("");
  }, 60_000);

  test.each(good.map((one) => [one.name, one] as const))(
    "loads under the stated digests, with valid examples, for %s",
    async (_, one) => {
      const redis = sharedRedis();
      const bench = {
        admin: redis,
        preparer: redis,
        caller: redis,
        namespace: freshNamespace(),
        signal: new AbortController().signal,
      };
      const { model } = generate(luaOf(one), {
        client: "moonpath/client",
        namespace: "shop",
        sourceRoot: "lua",
      });
      const output = below(one.files, "generated/");
      for (const script of model.scripts) {
        const path = `${script.domain}/${script.operation}`;
        const digest = String(await redis.script("LOAD", output.get(`lua/${path}.lua`) ?? ""));
        expect(output.get(`ts/${path}.ts`)).toContain(`  digest: "${digest}",\n`);
        expect(output.get(`review/${path}.md`)).toContain(`| Digest (EVALSHA) | \`${digest}\` |`);
        for (const example of script.examples) {
          const wrong = await runExample(bench, model, script, example, { digest });
          expect(wrong, `${script.name}: ${example.title}`).toBeUndefined();
        }
        const many = output.get(`lua/${path}.many.lua`);
        expect(many !== undefined).toBe(script.many !== undefined);
        if (many === undefined) continue;
        const manyDigest = String(await redis.script("LOAD", many));
        expect(output.get(`ts/${path}.ts`)).toContain(`    digest: "${manyDigest}",\n`);
        expect(output.get(`review/${path}.md`)).toContain(`digest \`${manyDigest}\``);
        for (const example of script.examples) {
          const form = { digest: manyDigest, many: { hasArgumentCounts: hasArgumentCounts(script) } };
          const wrong = await runExample(bench, model, script, example, form);
          expect(wrong, `${script.name}, many form: ${example.title}`).toBeUndefined();
        }
      }
    },
  );
});
