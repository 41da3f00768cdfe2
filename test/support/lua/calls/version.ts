import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls } from "../late/call.js";

const resource = "lamp";
const sentOnce =
  "the client sends it once, and a network that copies a write can do all that its caller may do";
const endsVersions = "it ends a version that is as new, which only costs a full reply";
const back = fc.constantFrom(0, 0, 1, 2);
const tokenOf = (name: string) => name.padEnd(16, "-");

export const version = [
  calls(
    scripts.version.read,
    fc.constant({}),
    (_, past) => ({ resource, newToken: tokenOf(past.name("token", 0)) }),
    { mayWork: sentOnce },
  ),
  calls(scripts.version.bump, fc.constant({}), () => ({ resource }), { mayWork: endsVersions }),
  calls(
    scripts.version.beginWrite,
    fc.record({ isConditional: fc.boolean() }),
    ({ isConditional }, past) => ({
      resource,
      writer: past.name("writer", 0),
      writeMs: 1_000,
      expected: isConditional ? tokenOf(past.having("token").text("token")) : undefined,
    }),
    { mayWork: sentOnce },
  ),
  calls(
    scripts.version.endWrite,
    fc.record({ back, number: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) }),
    ({ back: which, number }, past) => ({
      resource,
      writer: past.name("writer", which),
      newToken: tokenOf(past.name("token", 0)),
      number,
    }),
    { mayWork: sentOnce },
  ),
];
