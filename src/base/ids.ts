import { InvalidInputError } from './errors.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A device's libp2p peer id in its usual spelling (`12D3Koo…`), which holds its Ed25519 public key. */
export type DeviceId = Branded<'DeviceId'>
/** 32 random bytes in base64url: the root space is the swarm. */
export type SpaceId = Branded<'SpaceId'>
/** 16 random bytes in base64url. */
export type DocumentId = Branded<'DocumentId'>
/** 16 random bytes in base64url. */
export type ChannelId = Branded<'ChannelId'>
/** 16 random bytes in base64url: the id that a body keeps when it is written anew. */
export type MessageId = Branded<'MessageId'>
/** SHA-256 in hex of a blob's bytes. */
export type BlobId = Branded<'BlobId'>

const base64urlOf = (bytes: number): RegExp => new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`)
const SPACE = base64urlOf(32)
const SHORT = base64urlOf(16)
const DEVICE = /^12D3Koo[1-9A-HJ-NP-Za-km-z]{45}$/
const BLOB = /^[0-9a-f]{64}$/

function parse<T>(pattern: RegExp, what: string, text: string): T {
  if (!pattern.test(text)) throw new InvalidInputError(`"${text.slice(0, 80)}" is not ${what}`)
  return text as T
}

/** Each is called once, where an id enters; throws InvalidInputError. */
export const parseDeviceId = (text: string): DeviceId => parse(DEVICE, 'a device id', text)
export const parseSpaceId = (text: string): SpaceId => parse(SPACE, 'a swarm id', text)
export const parseDocumentId = (text: string): DocumentId => parse(SHORT, 'a document id', text)
export const parseChannelId = (text: string): ChannelId => parse(SHORT, 'a channel id', text)
export const parseMessageId = (text: string): MessageId => parse(SHORT, 'a message id', text)
export const parseBlobId = (text: string): BlobId => parse(BLOB, 'a blob id', text)
