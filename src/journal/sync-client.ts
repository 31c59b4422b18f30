import { bytesEqual, toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { sha256 } from '../base/hash.ts'
import type { Verify } from '../identity/device-key.ts'
import { Allowance } from '../network/allowance.ts'
import type { MessageStream } from '../network/network.ts'
import { BUCKETS, COMPARE_PERIOD_MS, HEADS_TOLD_PER_SECOND, MAX_HEADS_TOLD } from './constants.ts'
import { Conversation } from './conversation.ts'
import { FutureVersionError, MissingBlobsError, StructureError } from './errors.ts'
import type { FrontierItem } from './frontier.ts'
import type { JournalAddress, Position } from './header.ts'
import { MEMBERS, newerVersionOf, openHeader } from './header.ts'
import type { Line } from './line.ts'
import { journalName } from './line.ts'
import type { LocalJournal } from './local-journal.ts'
import type { Answer } from './protocol.ts'
import type { Replicas } from './replicas.ts'
import type { Reports } from './reports.ts'
import { Wanted } from './wanted.ts'

/** Buckets asked for at once: their items must fit into one frame. */
const BUCKETS_PER_QUESTION = 8
/** Positions per branch in a pull: at the head, and ever further before it. */
const SAMPLES_PER_LINE = 24

export interface SyncClientOptions {
  readonly stream: MessageStream
  /** The neighbour's public key in hex. */
  readonly neighbour: string
  readonly journal: LocalJournal
  readonly reports: Reports
  readonly replicas: Replicas
  readonly clock: Clock
  readonly logger: Logger
  readonly verify: Verify
  /** Journals that some session is pulling now, by name: two neighbours need not send the same. */
  readonly pulling: Map<string, Promise<void>>
  readonly storeBlob: (hash: Uint8Array, bytes: Uint8Array) => Promise<void>
  readonly onReplicas: () => void
}

/** Asks one neighbour for what it has and this peer lacks, for as long as the stream lives. */
export class SyncClient {
  readonly #options: SyncClientOptions
  readonly #wanted = new Wanted()
  /** Not kept until the membership says otherwise. */
  readonly #refused = new Wanted()
  /** Heads that were claimed and then not given. */
  readonly #unfounded = new Map<string, number>()
  readonly #conversation: Conversation
  readonly #told: Allowance
  #wake: () => void = () => undefined
  #asked = false
  #compareDue = true
  #disappointments = 0

  constructor(options: SyncClientOptions) {
    this.#options = options
    this.#conversation = new Conversation(options.stream, options.clock)
    this.#told = new Allowance({
      clock: options.clock,
      burst: MAX_HEADS_TOLD,
      perSecond: HEADS_TOLD_PER_SECOND,
    })
  }

  /** It was asked since this session began, and all that it said it holds is held here. */
  get covered(): boolean {
    return this.#asked && this.#wanted.size === 0
  }

  get asked(): boolean {
    return this.#asked
  }

  /** Entries that it is known to hold and that have not arrived. */
  get missing(): number {
    let missing = 0
    for (const name of this.#wanted.names) {
      const held = Math.max(0, ...this.#options.journal.lines.named(name).map((line) => line.head.sequence))
      const claimed = Math.max(...this.#wanted.of(name).map((item) => item.sequence))
      missing += Math.max(1, claimed - held)
    }
    return missing
  }

  /** Runs until the stream ends. */
  async run(): Promise<void> {
    const { clock, journal, stream } = this.#options
    const readmit = journal.events.on('members:applied', () => {
      const items = this.#refused.names.flatMap((name) => this.#refused.of(name))
      this.#refused.clear()
      for (const item of items) {
        // Most of what was refused still is: nothing is asked for on the chance.
        if (journal.refusal(item.journal, item.sequence) === undefined) this.#wanted.add(item)
        else this.#refused.add(item)
      }
      this.#wake()
    })
    const reading = this.#conversation.read(({ items }) => this.#onAdvance(items))
    reading.catch(() => this.#wake())
    try {
      while (!stream.signal.aborted) {
        if (this.#compareDue) await this.#compare()
        await this.#pullWanted()
        if (this.#compareDue || this.#wanted.size > 0) continue
        if (!this.#asked) {
          this.#asked = true
          this.#options.onReplicas()
        }
        await this.#sleep(clock, this.#comparePeriod)
      }
    } finally {
      readmit.dispose()
    }
    await reading
  }

  /**
   * Something new is said to be at the neighbour: by gossip or by itself. More of one's own journal than is held here is
   * pulled as any other: only what this device signed shows that it wrote that, and anybody can say that they have it.
   */
  async consider(items: readonly FrontierItem[]): Promise<void> {
    for (const item of items) {
      const name = journalName(item.journal)
      if (await this.#isHeld(name, item)) continue
      if (this.#options.journal.refusal(item.journal, item.sequence) !== undefined) this.#refused.add(item)
      else if ((this.#unfounded.get(name) ?? 0) < item.sequence) this.#wanted.add(item)
    }
    this.#wake()
  }

  async #onAdvance(items: readonly FrontierItem[]): Promise<void> {
    const { clock, neighbour, replicas } = this.#options
    if (!this.#told.take(items.length)) throw new StructureError('a neighbour that tells of heads without end')
    await this.consider(items)
    replicas.claim(neighbour, items, clock.now(), false)
    this.#options.onReplicas()
  }

  async #isHeld(name: string, position: Position): Promise<boolean> {
    const { lines, proofs } = this.#options.journal
    for (const line of lines.named(name)) {
      if (line.head.sequence < position.sequence) continue
      const point = await lines.pointAt(line, position.sequence)
      if (point === undefined || bytesEqual(point.hash, position.hash)) return true
    }
    const beyond = lines.named(name).find((line) => line.head.sequence >= position.sequence)
    return beyond !== undefined && proofs.covers(beyond.journal, position.sequence)
  }

  async #compare(): Promise<void> {
    this.#compareDue = false
    this.#unfounded.clear()
    const { clock, journal, neighbour, replicas, reports } = this.#options
    const question = { type: 'compare', frontier: journal.frontier.root, reports: reports.digest } as const
    const held = journal.frontier.items()
    const answer = await this.#conversation.ask(question, 'equal', 'digests', 'items')
    if (answer.type === 'equal') {
      replicas.claim(neighbour, held, clock.now(), true)
    } else if (answer.type === 'items') {
      replicas.claim(neighbour, answer.items, clock.now(), true)
      await this.consider(answer.items)
    } else {
      await this.#compareBuckets(answer.digests)
    }
    if (answer.reportsDiffer) await this.#exchangeReports()
    this.#options.onReplicas()
  }

  async #compareBuckets(digests: readonly Uint8Array[]): Promise<void> {
    const { clock, journal, neighbour, replicas } = this.#options
    const own = journal.frontier.bucketDigests()
    const all = Array.from({ length: BUCKETS }, (_, bucket) => bucket)
    const isEqual = (bucket: number): boolean => bytesEqual(own[bucket] ?? NOTHING, digests[bucket] ?? NOTHING)
    const theirs = [...journal.frontier.itemsIn(all.filter(isEqual))]
    const differing = all.filter((bucket) => !isEqual(bucket))
    for (let start = 0; start < differing.length; start += BUCKETS_PER_QUESTION) {
      const indexes = differing.slice(start, start + BUCKETS_PER_QUESTION)
      const { items } = await this.#conversation.ask({ type: 'buckets', indexes }, 'items')
      theirs.push(...items)
      await this.consider(items)
    }
    replicas.claim(neighbour, theirs, clock.now(), true)
  }

  async #exchangeReports(): Promise<void> {
    const { clock, journal, replicas, reports, verify } = this.#options
    for (;;) {
      const answer = await this.#conversation.ask({ type: 'reports', have: reports.versions() }, 'reports')
      let news = 0
      for (const wire of answer.reports) {
        const accepts = (device: Uint8Array): boolean =>
          journal.refusal({ device, incarnation: NOTHING, kind: 1 }, 0) === undefined
        const report = await reports.receive(wire, verify, accepts)
        if (report === undefined) continue
        news += 1
        const isOwn = bytesEqual(report.device, journal.key.publicKey)
        if (!isOwn) replicas.claim(toHex(report.device), report.items, Math.min(report.counter, clock.now()), false)
      }
      if (news === 0) return
    }
  }

  /** Members first: only then is it known whose data is kept. */
  async #pullWanted(): Promise<void> {
    for (;;) {
      const names = this.#wanted.names
      const isMembers = (name: string): boolean => this.#wanted.of(name)[0]?.journal.kind === MEMBERS
      const name = names.find(isMembers) ?? names[0]
      if (name === undefined) return
      await this.#pullAlone(name)
      if (isMembersName(name) && !this.#wanted.names.some(isMembers)) await this.#options.journal.apply()
      this.#options.onReplicas()
    }
  }

  async #pullAlone(name: string): Promise<void> {
    const { pulling } = this.#options
    const other = pulling.get(name)
    if (other !== undefined) {
      await other
      await this.#recheck(name)
      return
    }
    const [first] = this.#wanted.of(name)
    if (first === undefined) return
    const done = this.#pull(name, first.journal)
    const marker = done.catch(() => undefined)
    pulling.set(name, marker)
    try {
      await done
    } finally {
      if (pulling.get(name) === marker) pulling.delete(name)
    }
    await this.#recheck(name)
    // what it claimed and did not give is not waited for, but asked for again
    const withheld = this.#wanted.of(name)
    this.#wanted.delete(name)
    if (withheld.length === 0) {
      this.#disappointments = 0
      return
    }
    this.#disappointments += 1
    this.#unfounded.set(name, Math.max(...withheld.map((item) => item.sequence)))
  }

  /** Soon after something was claimed and not given (it may just have been passed on before it was stored), else at leisure. */
  get #comparePeriod(): number {
    if (this.#unfounded.size === 0) return COMPARE_PERIOD_MS
    return Math.min(COMPARE_PERIOD_MS, 250 * 2 ** Math.min(this.#disappointments, 8))
  }

  async #recheck(name: string): Promise<void> {
    const items = this.#wanted.of(name)
    this.#wanted.delete(name)
    for (const item of items) {
      if (await this.#isHeld(name, item)) continue
      if (this.#options.journal.refusal(item.journal, item.sequence) !== undefined) this.#refused.add(item)
      else this.#wanted.add(item)
    }
  }

  /** Pulls until the neighbour has no more of this journal. The next batch is on its way while one is stored. */
  async #pull(name: string, address: JournalAddress): Promise<void> {
    const { journal } = this.#options
    let asking = this.#askBatch(address, await this.#samples(name))
    for (;;) {
      const { items, more, proofs } = await asking
      if (items.length === 0) return
      const last = items.at(-1)
      const simple =
        more &&
        last?.type === 'entry' &&
        newerVersionOf(last.entry.header) === undefined &&
        journal.lines.named(name).length <= 1
      if (simple) asking = this.#askBatch(address, [openHeader(last.entry.header)])
      asking.catch(() => undefined)
      const stored = await this.#store(items, proofs)
      if (!stored || !more) return
      if (!simple) asking = this.#askBatch(address, await this.#samples(name))
    }
  }

  async #askBatch(address: JournalAddress, have: readonly Position[]): Promise<Extract<Answer, { type: 'batch' }>> {
    return await this.#conversation.ask({ type: 'pull', journal: address, have }, 'batch')
  }

  async #store(
    items: Extract<Answer, { type: 'batch' }>['items'],
    proofs: Extract<Answer, { type: 'batch' }>['proofs'],
  ): Promise<boolean> {
    const { journal, logger } = this.#options
    try {
      const outcome = await journal.receive(items, proofs)
      if (outcome.type === 'refused') logger.warn({ reason: outcome.reason }, 'entries were not kept')
      if (outcome.type === 'stored') await journal.applySoon()
      return outcome.type === 'stored' || outcome.type === 'known'
    } catch (error) {
      if (error instanceof FutureVersionError) {
        logger.warn({ error: error.message }, 'entries of a newer version were left out')
        return false
      }
      if (!(error instanceof MissingBlobsError)) throw error
      for (const hash of error.hashes) if (!(await this.#fetchBlob(hash))) return false
      return await this.#store(items, proofs)
    }
  }

  async #fetchBlob(hash: Uint8Array): Promise<boolean> {
    const { bytes } = await this.#conversation.ask({ type: 'blob', hash }, 'blob')
    if (bytes === null) return false
    if (!bytesEqual(sha256(bytes), hash)) throw new StructureError('a blob that is not the one asked for')
    await this.#options.storeBlob(hash, bytes)
    return true
  }

  /** Places of one's own branches, dense near their heads: the neighbour finds the last that both have. */
  async #samples(name: string): Promise<readonly Position[]> {
    const { lines } = this.#options.journal
    const samples: Position[] = []
    for (const line of lines.named(name)) samples.push(...(await this.#samplesOf(line)))
    return samples
  }

  async #samplesOf(line: Line): Promise<readonly Position[]> {
    const samples: Position[] = []
    for (
      let step = 0;
      step < line.head.sequence && samples.length < SAMPLES_PER_LINE;
      step = step === 0 ? 1 : step * 2
    ) {
      const point = await this.#options.journal.lines.pointAt(line, line.head.sequence - step)
      if (point !== undefined) samples.push({ sequence: point.sequence, hash: point.hash })
    }
    return samples
  }

  async #sleep(clock: Clock, delay: number): Promise<void> {
    const { stream } = this.#options
    await new Promise<void>((resolve) => {
      const timer = clock.after(delay, () => {
        this.#compareDue = true
        resolve()
      })
      const conclude = (): void => {
        timer.dispose()
        stream.signal.removeEventListener('abort', conclude)
        this.#wake = () => undefined
        resolve()
      }
      this.#wake = conclude
      stream.signal.addEventListener('abort', conclude, { once: true })
      if (this.#wanted.size > 0 || stream.signal.aborted) conclude()
    })
  }
}

const NOTHING = new Uint8Array(8)

const isMembersName = (name: string): boolean => name.endsWith(String(MEMBERS))
