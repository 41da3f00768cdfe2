import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { maxOf } from "./items.js";

const { job: j } = scripts;
const starting = (_: CaseGround, call: number) => ({
  job: `job-${call}`,
  fence: 1 + call,
  number: 1,
});

/** A job of this call alone that runs. */
async function running(ground: CaseGround, call: number) {
  const args = starting(ground, call);
  await ground.acme.job.start(args);
  return args;
}

const finishing = async (ground: CaseGround, call: number) => {
  return { ...(await running(ground, call)), state: "done" as const, note: "12 offers" };
};
/** A run that ends with the longest note. */
const longNote = async (ground: CaseGround, call: number) => ({
  ...(await finishing(ground, call)),
  note: "x".repeat(maxOf("job.finish", "note")),
});
const reading = async (ground: CaseGround, call: number) => ({ job: (await running(ground, call)).job });

export const job = [
  path(j.start, "first run", starting, { outcome: "started" }),
  path(j.start, "second run", async (ground, call) => ({ ...(await running(ground, call)), number: 2 }), {
    outcome: "started",
  }),
  atLimit(j.start, "first run", starting, { outcome: "started" }),
  path(j.finish, "running", finishing, { outcome: "finished" }),
  atLimit(j.finish, "running, the longest note", longNote, { outcome: "finished", fills: ["job"] }),
  path(j.read, "running", reading, { outcome: "running" }),
  atLimit(j.read, "running", reading, { outcome: "running" }),
];
