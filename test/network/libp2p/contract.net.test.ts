import { networkContract } from '../contract.ts'
import { Libp2pLab } from './lab.ts'

networkContract('libp2p', async () => new Libp2pLab())
