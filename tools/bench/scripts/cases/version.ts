import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";

const { version: v } = scripts;
const newToken = "0123456789abcdef";
const writeMs = 600_000;

/** The resource of this call alone. */
const absent = (_: CaseGround, call: number) => ({ resource: `resource-${call}` });
const known = async ({ acme }: CaseGround, call: number) => {
  const resource = `resource-${call}`;
  await acme.scripts.version.read({ resource, newToken });
  return { resource };
};
const reading = async (ground: CaseGround, call: number) => ({ ...(await known(ground, call)), newToken });
const conditional = async (ground: CaseGround, call: number) => ({
  ...(await known(ground, call)),
  writer: "own",
  expected: newToken,
  writeMs,
});
const others = async ({ acme }: CaseGround, call: number) => {
  const resource = `resource-${call}`;
  for (let writer = 0; writer < 63; writer++)
    await acme.scripts.version.beginWrite({ resource, writer: `other-${writer}`, writeMs });
  return { resource, writer: "own", writeMs };
};
const writing = async (ground: CaseGround, call: number) => {
  const begun = await conditional(ground, call);
  await ground.acme.scripts.version.beginWrite(begun);
  return { resource: begun.resource, writer: begun.writer, newToken, number: call };
};
const writingWithOthers = async (ground: CaseGround, call: number) => {
  const begun = await others(ground, call);
  await ground.acme.scripts.version.beginWrite(begun);
  return { resource: begun.resource, writer: begun.writer, newToken, number: call };
};

export const version = [
  path(v.read, "known", reading, { outcome: "known" }),
  path(v.read, "absent", (_, call) => ({ ...absent(_, call), newToken }), { outcome: "known" }),
  atLimit(v.read, "known", reading, { outcome: "known" }),
  path(v.bump, "known", known, { outcome: "bumped" }),
  atLimit(v.bump, "known", known, { outcome: "bumped" }),
  path(v.beginWrite, "expected", conditional, { outcome: "begun" }),
  atLimit(v.beginWrite, "63 other writers", others, { outcome: "begun", fills: ["version"] }),
  path(v.endWrite, "alone", writing, { outcome: "replaced" }),
  atLimit(v.endWrite, "63 other writers", writingWithOthers, { outcome: "writing" }),
];
