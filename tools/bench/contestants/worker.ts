/** The process of a contestant. The bench starts it, and sends it orders. It ends with the bench. */
import type { Answer, Order } from "./contestant.js";
import { contestants } from "./contestants.js";
import { LoadRunner } from "./load.js";

let runner: LoadRunner | undefined;

process.on("message", (order: Order) => {
  answerOf(order).then(reply, (error: unknown) => {
    reply({
      answer: "failed",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
});
process.on("disconnect", () => process.exit(0));

async function answerOf(order: Order): Promise<Answer> {
  if (order.order === "start") {
    const start = contestants[order.contestant];
    if (start === undefined) throw new Error(`there is no contestant ${order.contestant}`);
    runner = new LoadRunner(await start(order.url));
    return { answer: "started" };
  }
  if (runner === undefined) throw new Error("the contestant was not started");
  return { answer: "ran", result: await runner.run(order.load) };
}

function reply(answer: Answer): void {
  process.send?.(answer);
}
