// Generated from lua/views/ by moonpath-codegen. DO NOT EDIT.
import { type ViewsAckOperation, viewsAck } from "./views/ack.js";
import { type ViewsAddOperation, viewsAdd } from "./views/add.js";
import { type ViewsTakeOperation, viewsTake } from "./views/take.js";
import { type ViewsViewersOperation, viewsViewers } from "./views/viewers.js";
import { type ViewsVisitOperation, viewsVisit } from "./views/visit.js";

export * from "./views/ack.js";
export * from "./views/add.js";
export * from "./views/take.js";
export * from "./views/viewers.js";
export * from "./views/visit.js";

/** The scripts of `views` as functions. */
export interface ViewsOperations
  extends ViewsAckOperation,
    ViewsAddOperation,
    ViewsTakeOperation,
    ViewsViewersOperation,
    ViewsVisitOperation {}

/** Every script of `views`, as a client takes them: `{ views: viewsScripts }`. */
export const viewsScripts = {
  ack: viewsAck,
  add: viewsAdd,
  take: viewsTake,
  viewers: viewsViewers,
  visit: viewsVisit,
};
