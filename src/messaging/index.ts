/** Messaging: channels and their messages, as a projection of the journals and the service that people use. */
export type { Channel } from './channel-directory.ts'
export { findChannel } from './channel-directory.ts'
export { MAX_PAGE, MAX_TEXT_BYTES, MAX_UNREAD } from './constants.ts'
export {
  ChannelAmbiguousError,
  ChannelExistsError,
  ChannelNameError,
  ChannelNotFoundError,
  MessageInvalidError,
  MessageNotFoundError,
  MessageTooLongError,
  NotAuthorError,
  TooManyChannelsError,
} from './errors.ts'
export type {
  ChannelView,
  MessagePageView,
  Messages,
  MessagesOptions,
  MessageView,
  PostOptions,
  ReadOptions,
} from './message-service.ts'
export { createMessages } from './message-service.ts'
export type { MessagesEvents } from './messages-events.ts'
export type { MessagesProjectionOptions } from './messages-projection.ts'
export { MessagesProjection } from './messages-projection.ts'
export { nearestName } from './nearest-name.ts'
export type { SameAuthor } from './same-author.ts'
