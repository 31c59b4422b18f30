/**
 * The network: streams and gossip among the members of a swarm, over libp2p. What is above it sees the Network port
 * alone; the simulated implementation is in memory/, for tests.
 */
export type { Ephemeral, EphemeralOptions } from './ephemeral.ts'
export { createEphemeral, EPHEMERAL_RATE, MAX_EPHEMERAL_BYTES } from './ephemeral.ts'
export { DialError, ListenError, NotAdmittedError, NotConnectedError, StreamClosedError } from './errors.ts'
export type { Libp2pNetworkOptions } from './libp2p/libp2p-network.ts'
export type { RelayMode } from './libp2p/reach/reach.ts'
export { createLibp2pNetwork } from './libp2p/libp2p-network.ts'
export { loadLibp2p } from './libp2p/modules.ts'
export type {
  ConnectedPeer,
  Gate,
  HandleOptions,
  MessageStream,
  MissingPeer,
  Network,
  NetworkEvents,
  ReachReport,
  Route,
  SpaceNetwork,
  StreamHandler,
  WaitOptions,
} from './network.ts'
export { MAX_FRAME_BYTES, MAX_GOSSIP_BYTES } from './network.ts'
