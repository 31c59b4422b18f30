import { describe, expect, test } from 'vitest'

import type { DoctorReport, Machine as MachineValue } from '../../src/api/contract/index.ts'
import { MurmurationError } from '../../src/base/errors.ts'
import { channelOf, doctorMemberOf, inviteOf, messageOf, statusOf } from '../api/fake-service.ts'
import { eventually } from '../support/eventually.ts'
import { FOLDER, Machine, NOW, machineWithPeer } from './harness.ts'

const bob: MachineValue = {
  deviceId: '12D3KooWbob',
  name: "bob's laptop",
  self: false,
  online: true,
  personId: '12D3KooWbob',
  personName: 'Bob',
  role: 'member',
  connection: { route: 'lan', address: '/ip4/192.168.1.2/tcp/4001', relayedBy: null, since: NOW, roundTrip: 2.6 },
  behind: 0,
  behindAsOf: NOW,
  lastSeen: NOW,
  links: [],
  capacity: null,
}
const carol: MachineValue = {
  ...bob,
  deviceId: '12D3KooWcarol',
  name: "carol's desktop",
  online: false,
  connection: null,
  behind: 12,
  lastSeen: NOW - 2 * 3_600_000,
}
const alice: MachineValue = { ...bob, deviceId: '12D3KooWalice', name: "alice's laptop", self: true, connection: null }

const WORDS = Array.from({ length: 24 }, (_, index) => `word${'abcdefghijklmnopqrstuvwx'[index]}`).join(' ')
const madeInvite = { invite: 'murmuration://join/x', ...inviteOf() }
const report: DoctorReport = {
  self: {
    deviceId: alice.deviceId,
    name: alice.name,
    addresses: [],
    reachability: 'unknown',
    upnp: 'off',
    mdns: true,
    relays: [],
    relaysFor: null,
  },
  members: [doctorMemberOf()],
}

describe('commands print one JSON value with --json', () => {
  test.each<[readonly string[], string, Record<string, unknown>, unknown, unknown]>([
    [
      ['join', 'murmuration://join/x'],
      'swarm.join',
      { invite: 'murmuration://join/x' },
      { swarmId: 's', name: 'Studio Lisbon' },
      { swarmId: 's', name: 'Studio Lisbon' },
    ],
    [
      ['join', 'murmuration://join/x', '--name', 'nas'],
      'swarm.join',
      { invite: 'murmuration://join/x', machineName: 'nas', personName: 'nas' },
      { swarmId: 's', name: 'Studio Lisbon' },
      { swarmId: 's', name: 'Studio Lisbon' },
    ],
    [
      ['swarm', 'join', 'murmuration://join/x', '--as', 'Bob', '--name', 'nas'],
      'swarm.join',
      { invite: 'murmuration://join/x', personName: 'Bob', machineName: 'nas' },
      { swarmId: 's', name: 'Studio Lisbon' },
      { swarmId: 's', name: 'Studio Lisbon' },
    ],
    [['swarm', 'rename', 'Porto'], 'swarm.rename', { name: 'Porto' }, undefined, { name: 'Porto' }],
    [['invite'], 'invite.create', { role: 'member', uses: 10 }, inviteOf(), madeInvite],
    [['invite', 'create'], 'invite.create', { role: 'member', uses: 10 }, inviteOf(), madeInvite],
    [
      ['invite', 'create', '--role', 'observer', '--uses', '1', '--expires', '24h'],
      'invite.create',
      { role: 'observer', uses: 1, lifetime: 86_400_000 },
      inviteOf(),
      madeInvite,
    ],
    [['invite', 'list'], 'invite.list', {}, [inviteOf()], [inviteOf()]],
    [['invite', 'revoke', '3fa9'], 'invite.revoke', { invite: '3fa9' }, undefined, { invite: '3fa9' }],
    [['member', 'list'], 'member.list', {}, { people: [], devices: [] }, []],
    [
      ['member', 'role', 'Bob', 'admin'],
      'member.role',
      { person: 'Bob', role: 'admin' },
      undefined,
      { person: 'Bob', role: 'admin' },
    ],
    [['member', 'rename', 'Alice'], 'member.rename', { name: 'Alice' }, undefined, { name: 'Alice' }],
    [['member', 'remove', 'Bob'], 'member.remove', { person: 'Bob' }, undefined, { person: 'Bob' }],
    [['device', 'list'], 'member.list', {}, { people: [], devices: [] }, []],
    [['device', 'link'], 'device.link', {}, { link: 'l', expires: NOW }, { link: 'l', expires: NOW }],
    [['device', 'confirm', 'd'], 'device.confirm', { device: 'd' }, undefined, { device: 'd' }],
    [['device', 'remove', 'd'], 'device.remove', { device: 'd' }, undefined, { device: 'd' }],
    [
      ['recovery', 'create', '--yes'],
      'recovery.make',
      {},
      { phrase: 'a b', sheet: 'keep it' },
      { phrase: 'a b', sheet: 'keep it' },
    ],
    [
      ['recover', 'murmuration://join/x', '--phrase-file', '-'],
      'swarm.recover',
      { phrase: WORDS, invite: 'murmuration://join/x' },
      { swarmId: 's', name: 'Studio Lisbon' },
      { swarmId: 's', name: 'Studio Lisbon' },
    ],
    [['doctor'], 'doctor.report', {}, report, report],
    [['doctor', 'bob'], 'doctor.report', { device: 'bob' }, report, report],
    [['doc', 'create', 'Notes'], 'document.create', { title: 'Notes', kind: 'text' }, { id: 'd' }, { id: 'd' }],
    [
      ['doc', 'create', 'Notes', '--kind', 'rich'],
      'document.create',
      { title: 'Notes', kind: 'rich' },
      { id: 'd' },
      { id: 'd' },
    ],
    [['doc', 'list'], 'document.list', {}, [], []],
    [['doc', 'cat', 'd'], 'document.text', { document: 'd' }, { text: 'a\n' }, { id: 'd', text: 'a\n' }],
    [
      ['doc', 'append', 'd', 'two', 'words'],
      'document.append',
      { document: 'd', text: 'two words' },
      undefined,
      { id: 'd' },
    ],
    [['doc', 'rename', 'd', 'New'], 'document.rename', { document: 'd', title: 'New' }, undefined, { id: 'd' }],
    [['doc', 'delete', 'd'], 'document.delete', { document: 'd' }, undefined, { id: 'd' }],
    [['doc', 'restore', 'd'], 'document.restore', { document: 'd' }, undefined, { id: 'd' }],
    [['channel', 'create', 'general'], 'channel.create', { name: 'general' }, { id: 'c' }, { id: 'c' }],
    [
      ['channel', 'create', 'surprise', '--with', 'Bob', 'Carol'],
      'channel.create',
      { name: 'surprise', people: ['Bob', 'Carol'] },
      { id: 'c' },
      { id: 'c' },
    ],
    [['channel', 'list'], 'channel.list', {}, [], []],
    [
      ['channel', 'add', 'surprise', 'Dave'],
      'channel.add',
      { channel: 'surprise', person: 'Dave' },
      undefined,
      { channel: 'surprise', person: 'Dave' },
    ],
    [
      ['channel', 'remove', 'surprise', 'Dave'],
      'channel.remove',
      { channel: 'surprise', person: 'Dave' },
      undefined,
      { channel: 'surprise', person: 'Dave' },
    ],
    [['channel', 'leave', 'surprise'], 'channel.leave', { channel: 'surprise' }, undefined, { channel: 'surprise' }],
    [
      ['send', 'general', 'hello', 'there'],
      'message.send',
      { channel: 'general', text: 'hello there' },
      { id: 'm', acknowledged: true },
      { id: 'm', acknowledged: true },
    ],
    [
      ['read', 'general', '--limit', '3', '--before', 'm9'],
      'message.read',
      { channel: 'general', limit: 3, before: 'm9' },
      { channel: 'c', messages: [messageOf()], more: true },
      [messageOf()],
    ],
    [
      ['connect', '/ip4/127.0.0.1/tcp/1'],
      'peer.connect',
      { address: '/ip4/127.0.0.1/tcp/1' },
      undefined,
      { address: '/ip4/127.0.0.1/tcp/1' },
    ],
  ])('%j', async (args, call, parameters, result, printed) => {
    const { machine, service } = machineWithPeer()
    service.handle(call as 'peer.wake', () => result as undefined)
    const outcome = await machine.run([...args, '--json'], { input: WORDS })
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(outcome.stdout)).toEqual(printed)
    expect(outcome.stdout.endsWith('\n')).toBe(true)
    expect(outcome.stdout.trimEnd()).not.toContain('\n')
    expect(service.last(call as 'peer.wake').parameters).toEqual(parameters)
    expect(machine.opened).toHaveLength(0)
  })

  test('swarm create --json has the swarm and an invite for a group', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.create', () => ({ swarmId: 's', name: 'Studio Lisbon' }))
    service.handle('invite.create', () => inviteOf())
    const { stdout } = await machine.run(['swarm', 'create', 'Studio Lisbon', '--as', 'Alice', '--json'])
    expect(JSON.parse(stdout)).toEqual({ swarmId: 's', invite: 'murmuration://join/x' })
    expect(service.last('swarm.create').parameters).toEqual({ name: 'Studio Lisbon', personName: 'Alice' })
    expect(service.last('invite.create').parameters).toEqual({ uses: 10 })
  })

  test('status --json is what the peer says', async () => {
    const { machine, service } = machineWithPeer()
    const status = statusOf({ machines: [alice, bob], alone: false, notAsked: [bob.deviceId] })
    service.handle('peer.status', () => status)
    expect(JSON.parse((await machine.run(['status', '--json'])).stdout)).toEqual(status)
  })
})

describe('failures', () => {
  test("end with status 1 and the peer's line on stderr", async () => {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.join', () => {
      throw new MurmurationError('BAD_INVITE', 'this is no invite:\nask for a new one')
    })
    expect(await machine.run(['join', 'nonsense', '--json'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'murmuration: this is no invite: ask for a new one\n',
    })
  })

  test('a peer that goes in the middle is one', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('document.list', () => new Promise(() => undefined))
    const running = machine.run(['doc', 'list'])
    await eventually(() => service.calls.length > 0)
    machine.endClients()
    expect(await running).toMatchObject({ status: 1, stderr: 'murmuration: The peer has been stopped.\n' })
  })
})

describe('a fresh folder', () => {
  test.each([
    [['swarm', 'create', 'Studio'], 'swarm.create', { swarmId: 's', name: 'Studio' }],
    [['join', 'murmuration://join/x'], 'swarm.join', { swarmId: 's', name: 'Studio' }],
  ] as const)('%j works there with a peer of its own, which is stopped after it', async (args, call, result) => {
    const machine = new Machine()
    machine.peer.handle(call, () => result)
    machine.peer.handle('invite.create', () => inviteOf())
    const { status, stdout } = await machine.run(args)
    expect(status).toBe(0)
    expect(stdout).toContain(`Next: murmuration up --data-dir ${FOLDER}`)
    expect(machine.opened).toEqual([{ dataDirectory: FOLDER, mdns: false, vaults: {} }])
    expect(machine.served).toHaveLength(0)
    expect(machine.peer.stopped).toBe(1)
  })

  test('a failure there stops the peer too', async () => {
    const machine = new Machine()
    machine.peer.handle('swarm.join', () => {
      throw new MurmurationError('JOIN_FAILED', 'nobody answered')
    })
    expect(await machine.run(['join', 'x'])).toMatchObject({ status: 1, stderr: 'murmuration: nobody answered\n' })
    expect(machine.peer.stopped).toBe(1)
  })

  test('join is given up by Ctrl-C, and the peer is told', async () => {
    const machine = new Machine()
    machine.peer.handle('swarm.join', () => new Promise(() => undefined))
    const joining = machine.run(['join', 'x'])
    const call = await eventually(() => machine.peer.calls[0])
    machine.signal('SIGINT')
    expect(await joining).toMatchObject({ status: 1, stderr: 'murmuration: the call was cancelled\n' })
    expect(call.signal.aborted).toBe(true)
    expect(machine.peer.stopped).toBe(1)
  })
})

describe('texts', () => {
  test('doc cat prints the text and nothing else, and doc write sends its input unchanged', async () => {
    const { machine, service } = machineWithPeer()
    const text = '\ufeffgrüße\r\n\tno end of line'
    service.handle('document.text', () => ({ text }))
    expect((await machine.run(['doc', 'cat', 'd'])).stdout).toBe(text)
    expect(await machine.run(['doc', 'write', 'd'], { input: text })).toMatchObject({ status: 0, stdout: 'Written.\n' })
    expect(service.last('document.write').parameters).toEqual({ document: 'd', text })
    await machine.run(['doc', 'append', 'd', '-'], { input: 'more' })
    expect(service.last('document.append').parameters).toEqual({ document: 'd', text: 'more' })
    await machine.run(['send', 'general', '-'], { input: 'from a pipe' })
    expect(service.last('message.send').parameters).toEqual({ channel: 'general', text: 'from a pipe' })
  })

  test('input that is no text, or too much, is refused before anything is changed', async () => {
    const { machine, service } = machineWithPeer()
    const binary = await machine.run(['doc', 'write', 'd'], { input: Uint8Array.of(0xff, 0xfe, 0x00) })
    expect(binary).toMatchObject({ status: 1, stderr: expect.stringContaining('not UTF-8') })
    const large = await machine.run(['doc', 'write', 'd'], { input: new Uint8Array(16 * 1024 * 1024 + 1) })
    expect(large).toMatchObject({ status: 1, stderr: expect.stringContaining('larger than 16 MB') })
    expect(service.calls).toHaveLength(0)
  })

  test('a dash begins a text after two dashes', async () => {
    const { machine, service } = machineWithPeer()
    await machine.run(['send', 'general', '--', '--not-an-option', '-x'])
    expect(service.last('message.send').parameters).toEqual({ channel: 'general', text: '--not-an-option -x' })
    await machine.run(['doc', 'append', 'd', '- bread', 'and', '-5 eggs', '--json', '--data-dir', FOLDER])
    expect(service.last('document.append').parameters).toEqual({ document: 'd', text: '- bread and -5 eggs' })
  })
})

describe('output for eyes', () => {
  test('status says in sentences what is where', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('peer.status', () =>
      statusOf({ machines: [carol, bob, alice], alone: false, notAsked: [carol.deviceId], onlyHere: 3, missing: 0 }),
    )
    const { stdout } = await machine.run(['status'])
    expect(stdout).toBe(
      [
        'Studio Lisbon',
        '',
        '● 3 changes are only on this machine. They are going out now.',
        "● carol's desktop was last seen 2 h ago and lacks 12 changes.",
        "● carol's desktop could not be asked since the start, and may have more.",
        '',
        'MACHINE          SEEN      CONNECTED  HAS',
        "alice's laptop   this one",
        "bob's laptop     here      LAN, 3 ms  everything",
        "carol's desktop  2 h ago              lacks 12 changes",
        '',
        '3 entries, 1.2 KB, in /home/alice/murmuration',
        '',
      ].join('\n'),
    )
  })

  test('status says so when everything is everywhere, and when nobody else is there', async () => {
    const { machine, service } = machineWithPeer()
    expect((await machine.run(['status'])).stdout).toContain('This is the only machine of the swarm so far')
    service.handle('peer.status', () => statusOf({ machines: [alice, bob], alone: false, synced: true }))
    expect((await machine.run(['status'])).stdout).toContain('● Everything is on all 2 machines.')
  })

  test('read shows who, when, what, and where it is not yet', async () => {
    const { machine, service } = machineWithPeer()
    const messages = [
      messageOf({ text: 'one\ntwo', reactions: [{ emoji: '👍', by: ['a', 'b'], mine: false }], waitingOn: ['nas'] }),
      messageOf({ id: 'message-2', text: 'three', copies: 2, notOn: [], at: NOW + 60_000 }),
    ]
    service.handle('message.read', () => ({ channel: 'c', messages, more: true }))
    const { stdout } = await machine.run(['read', 'general'])
    const lines = stdout.split('\n')
    expect(lines[0]).toBe(`Earlier ones: murmuration read general --before message-1 --data-dir ${FOLDER}`)
    expect(lines[1]).toMatch(/^2023-11-1\d$/)
    expect(lines[2]).toMatch(/^\d\d:\d\d bob's laptop {2}one$/)
    expect(lines.slice(3, 5)).toEqual([
      '      two',
      "      👍 2  on 1 of 2 machines: not yet on carol's desktop, waiting on nas",
    ])
    expect(lines[5]).toMatch(/^\d\d:\d\d bob's laptop {2}three$/)
  })

  test('what others wrote cannot steer the terminal', async () => {
    const { machine, service } = machineWithPeer()
    const evil = '\u001b]0;owned\u0007\u009b31m\u202ered\r'
    service.handle('message.read', () => ({
      channel: 'c',
      messages: [messageOf({ author: evil, text: evil, notOn: [evil] })],
      more: false,
    }))
    service.handle('peer.status', () => statusOf({ machines: [alice, { ...bob, name: evil }], alone: false }))
    service.handle('document.list', () => {
      throw new MurmurationError('X', `${evil} failed`)
    })
    for (const args of [['read', 'general'], ['status'], ['doc', 'list']]) {
      const { stdout, stderr } = await machine.run(args)
      // oxlint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0007\u001b\u009b\u202e\r]/u)
    }
  })

  test('columns stay aligned with wide characters', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('channel.list', () => [
      channelOf({ name: '雑談', unread: 1200, lastAt: NOW - 60_000 }),
      channelOf({ id: '2', name: 'general' }),
    ])
    expect((await machine.run(['channel', 'list'])).stdout).toBe(
      ['CHANNEL  UNREAD  NEWEST', '雑談     1,200   1 min ago', 'general          no messages yet', ''].join('\n'),
    )
  })

  test('colours are for terminals alone, and NO_COLOR is respected', async () => {
    const { machine } = machineWithPeer()
    expect((await machine.run(['status'])).stdout).not.toContain('\u001b[')
    expect((await machine.run(['status'], { tty: true })).stdout).toContain('\u001b[')
    expect((await machine.run(['status'], { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[')
    expect((await machine.run(['status', '--json'], { tty: true })).stdout).not.toContain('\u001b[')
  })
})

describe('read --follow', () => {
  test('prints the page and then each new message of the channel once, one JSON a line, until Ctrl-C', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('message.read', ({ parameters }) => {
      expect(parameters.limit).toBe(50)
      service.events.emit('message:changed', { message: messageOf({ id: 'm1' }), isNew: true })
      service.events.emit('message:changed', { message: messageOf({ id: 'm2' }), isNew: true })
      return { channel: 'channel-1', messages: [messageOf({ id: 'm1' })], more: false }
    })
    const following = machine.run(['read', 'general', '--follow', '--json'])
    await eventually(() => machine.stdout.split('\n').length > 2)
    service.events.emit('message:changed', { message: messageOf({ id: 'm1', copies: 2 }), isNew: false })
    service.events.emit('message:changed', { message: messageOf({ id: 'm3', channel: 'other' }), isNew: true })
    service.events.emit('message:changed', { message: messageOf({ id: 'm4' }), isNew: true })
    await eventually(() => machine.stdout.includes('m4'))
    machine.signal('SIGINT')
    const { status, stdout } = await following
    expect(status).toBe(0)
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id)
    expect(printed).toEqual(['m1', 'm2', 'm4'])
    expect(machine.listensForStop).toBe(false)
  })

  test('reads back what was missed when more came than could be told', async () => {
    const { machine, service } = machineWithPeer()
    const all = Array.from({ length: 1200 }, (_, i) => messageOf({ id: `m${i}` }))
    let there = 100
    service.handle('message.read', ({ parameters: { before, limit = 50 } }) => {
      const end = before === undefined ? there : all.findIndex(({ id }) => id === before)
      const start = Math.max(0, end - limit)
      return { channel: 'channel-1', messages: all.slice(start, end), more: start > 0 }
    })
    const following = machine.run(['read', 'general', '--follow', '--json', '--limit', '10'])
    await eventually(() => machine.stdout.includes('"m99"'))
    there = 1200
    service.events.emit('messages:reset', {})
    service.events.emit('message:changed', { message: messageOf({ id: 'm1199' }), isNew: true })
    await eventually(() => machine.stdout.includes('"m1199"'))
    machine.signal('SIGINT')
    const lines = (await following).stdout.trimEnd().split('\n')
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id)
    expect(ids).toEqual(all.slice(90).map(({ id }) => id))
  })

  test('ends with status 1 when the peer goes', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('message.read', () => ({ channel: 'channel-1', messages: [], more: false }))
    const following = machine.run(['read', 'general', '--follow'])
    await eventually(() => service.calls.length === 1)
    machine.endClients()
    expect(await following).toMatchObject({ status: 1, stderr: 'murmuration: The peer has been stopped.\n' })
  })
})
