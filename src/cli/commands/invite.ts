import type { Command } from 'commander'
import { Option } from 'commander'

import type { Invite, Role } from '../../api/contract/index.ts'
import { durationOf, usesOf } from '../arguments.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { linkLines } from '../show-link.ts'
import { printableLine } from '../text/printable.ts'
import { INVITE_ROLES } from '../text/roles.ts'
import { table } from '../text/table.ts'
import { ahead, counted } from '../text/words.ts'

/** A group that is beginning sends one link around. */
export const DEFAULT_USES = 10
/** As much of an id as tells invites apart. */
const SHORT_ID = 8

interface CreateOptions {
  readonly role: Role
  readonly uses: number
  readonly expires?: number
  readonly qr?: boolean
}

export function addInvite(program: Command, tools: Tools): void {
  const invite = program
    .command('invite')
    .summary('links that invite other machines')
    .description('Links with which other machines join the swarm. Without a command: makes one.')
  addCreate(invite, tools)
  addList(invite, tools)
  addRevoke(invite, tools)
  withExamples(invite, 'invite', 'invite create --uses 1 --expires 24h --qr', 'invite list', 'invite revoke 3fa94c01')
}

function addCreate(invite: Command, tools: Tools): void {
  const create = invite
    .command('create')
    .addOption(new Option('--role <role>', 'what those who join may do').choices(INVITE_ROLES).default('member'))
    .option('--uses <n>', 'how many machines it lets in', usesOf, DEFAULT_USES)
    .option('--expires <time>', 'how long it can be used, such as 30m, 24h or 7d (default: 7d)', durationOf)
    .option('--qr', 'also show it as a QR code')
    .description('Make a link with which others join. Whoever has it can join; any member that is on lets them in.')
    .action(async ({ role, uses, expires, qr }: CreateOptions) => {
      const run = invocation(tools, create)
      const lifetime = expires === undefined ? {} : { lifetime: expires }
      const made = await run.withRunning((client) => client.call('invite.create', { role, uses, ...lifetime }))
      const lines = await linkLines(run, linkOf(made), { qr: qr === true })
      run.printer.remark(inviteText(made, run.terminal.clock.now()))
      run.printer.result({ invite: made.link, ...made }, () => lines.join('\n'))
    })
  withExamples(create, 'invite create', 'invite create --role observer --uses 1 --expires 24h --qr')
}

function addList(invite: Command, tools: Tools): void {
  const list = invite
    .command('list')
    .description('List the invites, and how many machines each has let in.')
    .action(async () => {
      const run = invocation(tools, list)
      const invites = await run.withRunning((client) => client.call('invite.list', {}))
      run.printer.result(invites, () =>
        invites.length === 0
          ? `No invites yet. Make one with: ${run.next('invite create')}`
          : inviteTable(invites, run.terminal.clock.now()),
      )
    })
  withExamples(list, 'invite list', 'invite list --json')
}

function inviteTable(invites: readonly Invite[], now: number): string {
  const rows = invites.map((invite) => [
    invite.id.slice(0, SHORT_ID),
    invite.role,
    `${invite.used} of ${invite.uses}`,
    invite.state === 'open' ? ahead(invite.expires, now) : '',
    STATES[invite.state],
    printableLine(invite.createdBy),
  ])
  return table(['ID', 'ROLE', 'USED', 'EXPIRES', 'STATE', 'BY'], rows)
}

const STATES: Readonly<Record<Invite['state'], string>> = {
  open: 'open',
  used: 'used up',
  expired: 'expired',
  revoked: 'revoked',
}

function addRevoke(invite: Command, tools: Tools): void {
  const revoke = invite
    .command('revoke')
    .argument('<invite>', 'its id or the beginning of it, as invite list shows it, or its link')
    .description('Make an invite useless. Machines that it has let in stay.')
    .action(async (named: string) => {
      const run = invocation(tools, revoke)
      await run.withRunning((client) => client.call('invite.revoke', { invite: named }))
      run.printer.result({ invite: named }, () => 'Revoked. It lets nobody in any more, wherever that is known.')
    })
  withExamples(revoke, 'invite revoke 3fa94c01')
}

/** What an invite is good for, in a sentence. */
export function inviteText({ expires, role, uses }: Invite, now: number): string {
  const until = ahead(expires, now)
  const whom = uses === 1 ? 'one machine' : `up to ${counted(uses, 'machine')}`
  return `This link lets in ${whom} as ${role}, and expires ${until}. Whoever has it can join:`
}

/** The link of an invite that was just made here. */
export function linkOf({ link }: Invite): string {
  return link ?? ''
}
