/** `moonpath/webhooks`: signed webhooks in the form of Standard Webhooks, outgoing and incoming. */
export { type WebhookFastifyOptions, webhookFastify } from "./fastify.js";
export {
  InvalidDataError,
  invalidates,
  invalidatesTags,
  type TaggedCache,
  type WebhookHandler,
  type WebhookMessage,
  webhookHandler,
} from "./handlers.js";
export { createWebhookOutbox, type OutgoingWebhook, type WebhookOutbox } from "./outbox.js";
export { createWebhookReceiver, type WebhookReceiver } from "./receiver.js";
export type { ReceivingTenant, WebhookReceiverOptions } from "./receiver-options.js";
export type { DeadLetterFilter, StoredWebhooks, WebhookDeadLetter } from "./rows.js";
export { createWebhookSender, type WebhookSender, type WebhookSenderStatus } from "./sender.js";
export type { WebhookEndpoint, WebhookSenderOptions } from "./sender-options.js";
export {
  type ReceivedWebhook,
  signWebhook,
  type UnsignedWebhook,
  verifyWebhook,
  type WebhookHeaders,
  type WebhookRefusal,
  type WebhookVerification,
} from "./signature.js";
