import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import type { Connection, Device, JoinProgress, Members, Membership, Person } from '../../src/api/contract/index.ts'
import { MurmurationError } from '../../src/base/errors.ts'
import { doctorMemberOf, inviteOf, membershipOf, statusOf } from '../api/fake-service.ts'
import { eventually } from '../support/eventually.ts'
import { FOLDER, NOW, machineWithPeer } from './harness.ts'

const HOUR = 3_600_000
const WORDS = Array.from('abcdefghijklmnopqrstuvwx', (letter) => `word${letter}`)
// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[[\d;]*m/g

function personOf(values: Partial<Person> & Pick<Person, 'name'>): Person {
  return {
    personId: values.name,
    self: false,
    role: 'member',
    standing: 'active',
    devices: [],
    admittedBy: null,
    may: { roles: [], remove: false, confirm: false },
    ...values,
  }
}

function deviceOf(values: Partial<Device> & Pick<Device, 'deviceId' | 'name'>): Device {
  return {
    self: false,
    personId: null,
    role: 'member',
    standing: 'active',
    online: false,
    lastSeen: null,
    recovery: false,
    may: { remove: false, confirm: false },
    ...values,
  }
}

const members: Members = {
  people: [
    personOf({ name: 'Alice', self: true, role: 'owner', devices: ['a1', 'a2', 'a3'] }),
    personOf({ name: 'Bob', standing: 'suspended', devices: ['b1'] }),
    personOf({ name: 'Carol', standing: 'removed', devices: ['c1'] }),
  ],
  devices: [
    deviceOf({ deviceId: 'a1', name: 'laptop', self: true, personId: 'Alice', role: 'owner', online: true }),
    deviceOf({ deviceId: 'a2', name: 'recovery phrase', personId: 'Alice', role: 'owner', recovery: true }),
    deviceOf({ deviceId: 'a3', name: 'old', personId: 'Alice', role: 'owner', standing: 'left' }),
    deviceOf({ deviceId: 'b1', name: 'tablet', personId: 'Bob', standing: 'suspended', lastSeen: NOW - 2 * HOUR }),
    deviceOf({ deviceId: 'c1', name: 'desktop', personId: 'Carol', standing: 'removed' }),
    deviceOf({ deviceId: 'n1', name: 'nas', role: 'helper', online: true }),
  ],
}

describe('lists for eyes', () => {
  test('member list shows who may do what, where each was last, and the machines that count', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('member.list', () => members)
    expect((await machine.run(['member', 'list'])).stdout).toBe(
      [
        'PERSON  ROLE                           SEEN     MACHINES',
        'Alice   owner                          you      laptop',
        'Bob     member, waits to be confirmed  2 h ago  tablet',
        'Carol   removed                        not yet',
        '',
      ].join('\n'),
    )
  })

  test('device list shows all machines, and their ids only where two have one name', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('member.list', () => members)
    const { stdout } = await machine.run(['device', 'list'])
    expect(stdout.split('\n')).toEqual([
      'MACHINE          PERSON  ROLE                           SEEN',
      'laptop           Alice   owner                          this one',
      'recovery phrase  Alice   owner                          on paper',
      'old              Alice   left                           not yet',
      'tablet           Bob     member, waits to be confirmed  2 h ago',
      'desktop          Carol   removed                        not yet',
      'nas                      helper                         here',
      '',
    ])
    const twin = deviceOf({ deviceId: 'n2', name: 'nas', role: 'helper' })
    service.handle('member.list', () => ({ ...members, devices: [...members.devices, twin] }))
    const lines = (await machine.run(['device', 'list'])).stdout.trimEnd().split('\n')
    expect(lines.slice(-2)).toEqual([expect.stringMatching(/nas .* here +n1$/), expect.stringMatching(/nas .* n2$/)])
  })

  test('invite list shows what each is still good for', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('invite.list', () => [
      inviteOf({ expires: NOW + 90 * 60_000 }),
      inviteOf({ id: 'ff'.repeat(32), uses: 1, used: 1, state: 'used', createdBy: 'Bob', link: null }),
    ])
    expect((await machine.run(['invite', 'list'])).stdout).toBe(
      [
        'ID        ROLE    USED     EXPIRES  STATE    BY',
        '3fa94c01  member  0 of 10  in 2 h   open     Alice',
        'ffffffff  member  1 of 1            used up  Bob',
        '',
      ].join('\n'),
    )
  })
})

describe('what cannot be undone', () => {
  test.each([
    [['member', 'remove', 'Bob'], 'member.remove'],
    [['device', 'remove', 'nas'], 'device.remove'],
    [['leave'], 'swarm.leave'],
  ] as const)('%j is asked about on a terminal, and done only after yes', async (args, call) => {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.leave', () => ({ told: 1 }))
    const did = (): boolean => service.calls.some(({ name }) => name === call)
    for (const typed of ['n\n', '\n', '', 'yesterday\n']) {
      const refused = await machine.run(args, { tty: true, typed })
      expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('[y/N] ') })
      expect(refused.stderr).toContain('Nothing was changed.')
      expect(did()).toBe(false)
    }
    expect(await machine.run(args, { tty: true, typed: 'yes\n' })).toMatchObject({ status: 0 })
    expect(did()).toBe(true)
  })

  test.each([
    [['--yes'], { tty: true, typed: '' }],
    [[], {}],
  ] as const)('with %j and %j nobody is asked', async (options, how) => {
    const { machine } = machineWithPeer()
    const { status, stderr } = await machine.run(['member', 'remove', 'Bob', ...options], how)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('leave', () => {
  const removed = (): Partial<Membership> => ({ standing: 'removed', endedBy: 'Bob', endedAt: NOW - 2 * HOUR })

  test('says first what is only here, and then who knows of it', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('peer.status', () => statusOf({ alone: false, onlyHere: 3 }))
    service.handle('swarm.leave', () => ({ told: 2 }))
    const { stdout, stderr } = await machine.run(['leave'], { tty: true, typed: 'y\n' })
    expect(stderr).toContain('3 changes are only on this machine. Nobody else gets them once it has left.\n')
    expect(stderr).toContain('Leave Studio Lisbon? [y/N] ')
    expect(stdout).toContain('This machine has left Studio Lisbon. 2 machines know of it.\n')
    expect(stdout).toContain(`To delete it: murmuration leave --forget --data-dir ${FOLDER}`)
    expect(service.calls.map(({ name }) => name)).not.toContain('swarm.forget')
  })

  test('--forget deletes what is here after it has left', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.leave', () => ({ told: 0 }))
    const { stdout } = await machine.run(['leave', '--forget', '--json'])
    expect(JSON.parse(stdout)).toEqual({ left: true, told: 0, forgotten: true })
    expect(service.calls.map(({ name }) => name).slice(-2)).toEqual(['swarm.leave', 'swarm.forget'])
  })

  test('who was removed has left already, and can only forget', async () => {
    const { machine, service } = machineWithPeer()
    const swarm = { swarmId: 's', name: 'Studio', ...membershipOf(removed()) }
    service.handle('peer.status', () => statusOf({ swarm }))
    const { status, stderr } = await machine.run(['leave'])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `murmuration: This machine is no member of Studio any more. To delete what is left of it here: murmuration leave --forget --data-dir ${FOLDER}\n`,
    })
    expect(JSON.parse((await machine.run(['leave', '--forget', '--json'])).stdout)).toMatchObject({ left: false })
    expect(service.calls.map(({ name }) => name)).not.toContain('swarm.leave')
  })

  test('status and the command alone say who removed it', async () => {
    const { machine, service } = machineWithPeer()
    const swarm = { swarmId: 's', name: 'Studio', ...membershipOf(removed()) }
    service.handle('peer.status', () => statusOf({ swarm, synced: true, alone: false }))
    for (const args of [['status'], []]) {
      const { stdout } = await machine.run(args)
      expect(stdout).toContain('This machine was removed from the swarm by Bob 2 h ago.')
      expect(stdout).toContain('What is here stays readable.')
    }
  })

  test('in no swarm there is none to leave', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('peer.status', () => statusOf({ swarm: null }))
    expect(await machine.run(['leave'])).toMatchObject({ status: 1, stderr: expect.stringContaining('is in no swarm') })
  })
})

describe('joining', () => {
  const progress = (values: Partial<JoinProgress>): JoinProgress => ({
    stage: 'finding',
    swarm: 'Studio\u001b Lisbon',
    tried: [],
    received: null,
    total: null,
    ...values,
  })
  const tried = [
    { address: '/ip4/1.2.3.4/tcp/1', result: 'refused' },
    { address: '/ip4/1.2.3.4/tcp/2', result: null },
  ]
  const stages: readonly JoinProgress[] = [
    progress({}),
    progress({ stage: 'connecting', tried }),
    progress({ stage: 'admitting', tried }),
    progress({ stage: 'catching-up', received: 0, total: 1200 }),
    progress({ stage: 'catching-up', received: 600, total: 1200 }),
    progress({ stage: 'done' }),
  ]

  async function joined(options: { readonly tty?: boolean }, ...flags: readonly string[]) {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.join', ({ connection }) => {
      for (const stage of stages) connection.emit('join:progressed', stage)
      return { swarmId: 's', name: 'Studio Lisbon' }
    })
    return await machine.run(['swarm', 'join', 'murmuration://join/x', ...flags], options)
  }

  test('shows its stages on stderr, a line each, which counts in its place', async () => {
    const { stdout, stderr } = await joined({ tty: true })
    expect(stdout).toContain('Studio Lisbon')
    expect(stderr.replaceAll(SGR, '').split('\n')).toEqual([
      'Looking for a member of Studio\ufffd Lisbon …',
      'Connecting: 1 of 2 addresses tried …',
      'Asking Studio\ufffd Lisbon to let this machine in …',
      `Let in. Catching up: ${'░'.repeat(24)} 0 of 1,200 changes\r\u001b[KLet in. Catching up: ${'█'.repeat(12)}${'░'.repeat(12)} 600 of 1,200 changes`,
      'Everything is here.',
      '',
    ])
  })

  test('is quiet where nobody watches', async () => {
    expect((await joined({})).stderr).toBe('')
    expect((await joined({ tty: true }, '--json')).stderr).toBe('')
  })

  test('a failure is a line of its own, with its reason', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.join', ({ connection }) => {
      connection.emit('join:progressed', progress({}))
      throw new MurmurationError('INVITE_EXPIRED', 'the invite has expired: ask for a new one')
    })
    const { status, stderr } = await machine.run(['join', 'murmuration://join/x'], { tty: true })
    expect(status).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('murmuration: the invite has expired: ask for a new one')
  })

  test('recover is given up by Ctrl-C like joining, and the peer is told', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('swarm.recover', () => new Promise(() => undefined))
    const recovering = machine.run(['recover', 'l', '--phrase-file', '-'], { tty: true, input: WORDS.join('\n') })
    const call = await eventually(() => service.calls[0])
    machine.signal('SIGINT')
    machine.signal('SIGINT')
    const { status, stderr } = await recovering
    expect(status).toBe(1)
    expect(stderr.replaceAll(SGR, '')).toBe('Giving up …\nmurmuration: the call was cancelled\n')
    expect(call.signal.aborted).toBe(true)
  })
})

describe('recovery', () => {
  const sheet = `Made 2026-11-24\n${WORDS.map((word, index) => `${index + 1}. ${word}`).join('\n')}\nKeep it secret.`

  test('the phrase is typed, piped or read from a file, alone or with the sheet around it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'murmuration-phrase-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await writeFile(join(folder, 'sheet.txt'), sheet)
    const { machine, service } = machineWithPeer()
    service.handle('swarm.recover', () => ({ swarmId: 's', name: 'Studio' }))
    const ways = [
      [[], { tty: true, typed: ` ${WORDS.join('  ').toUpperCase()} \n` }],
      [['--phrase-file', '-'], { input: WORDS.join('\n') }],
      [['--phrase-file', join(folder, 'sheet.txt')], {}],
    ] as const
    for (const [args, how] of ways) {
      expect(await machine.run(['recover', 'murmuration://join/x', ...args], how)).toMatchObject({ status: 0 })
      const parameters = { phrase: WORDS.join(' '), invite: 'murmuration://join/x' }
      expect(service.calls.splice(0).map((call) => call.parameters)).toEqual([parameters])
    }
  })

  test.each<[string, readonly string[], string, string]>([
    ['too few', ['--phrase-file', '-'], 'one two', 'A recovery phrase has 24 words, and there are 2.'],
    ['no file', ['--phrase-file', '/nowhere/words'], '', 'The file /nowhere/words cannot be read: there is none.'],
    ['nobody to ask', [], '', 'Give the recovery phrase with --phrase-file FILE, or - for standard input.'],
  ])('%s: says so, and asks the peer nothing', async (_what, args, input, line) => {
    const { machine, service } = machineWithPeer()
    const { status, stderr } = await machine.run(['recover', 'l', ...args], { input })
    expect(status).toBe(1)
    expect(stderr).toContain(line)
    expect(service.calls).toHaveLength(0)
  })

  test('a new phrase is shown on a terminal, elsewhere only with --yes', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('recovery.make', () => ({ phrase: WORDS.join(' '), sheet }))
    for (const args of [[], ['--json']]) {
      expect(await machine.run(['recovery', 'create', ...args])).toMatchObject({ status: 1, stdout: '' })
    }
    expect(service.calls).toHaveLength(0)
    expect((await machine.run(['recovery', 'create'], { tty: true })).stdout).toBe(`${sheet}\n`)
    expect((await machine.run(['recovery', 'create', '--yes'])).stdout).toBe(`${sheet}\n`)
  })
})

describe('how machines are connected', () => {
  const relayed: Connection = {
    route: 'relayed',
    address: '/p2p-circuit',
    relayedBy: 'n1',
    since: NOW - 2 * HOUR,
    roundTrip: 79.6,
  }

  test('doctor says it for each from both sides, with the verdict first', async () => {
    const { machine, service } = machineWithPeer()
    const bob = doctorMemberOf({
      connection: relayed,
      lastSeen: NOW,
      verdict: 'Both routers are strict, so nas relays.',
      theirView: { connection: { ...relayed, route: 'punched', relayedBy: null }, addresses: ['/ip4/9.9.9.9/udp/1'] },
    })
    const carol = doctorMemberOf({
      deviceId: 'c1',
      name: 'desktop',
      lastSeen: NOW - 24 * HOUR,
      verdict: 'Not reachable. Is it on?',
      tried: [{ address: '/ip4/5.6.7.8/tcp/1', reason: 'refused', at: NOW - 120_000 }],
      nextTry: NOW + 30_000,
    })
    const self = {
      deviceId: 'a1',
      name: 'laptop',
      addresses: ['/ip4/1.1.1.1/tcp/1', '/ip4/1.1.1.1/tcp/2'],
      reachability: 'private',
      upnp: 'none',
      mdns: true,
      relays: [{ deviceId: 'n1', name: 'nas' }],
      relaysFor: null,
    } as const
    service.handle('doctor.report', () => ({
      self,
      members: [bob, carol, doctorMemberOf({ deviceId: 'n1', name: 'nas' })],
    }))
    const { stdout } = await machine.run(['doctor'])
    expect(stdout.split('\n').slice(0, 24)).toEqual([
      'laptop (this machine)',
      '  address     /ip4/1.1.1.1/tcp/1',
      '              /ip4/1.1.1.1/tcp/2',
      '  internet    others cannot dial this machine; it dials them, or goes through a member that relays',
      '  router      opens no port by UPnP',
      '  local net   looks for others by mDNS',
      '  relayed by  nas',
      '  relays      for nobody',
      '',
      "✓ bob's laptop",
      '  Both routers are strict, so nas relays.',
      '  connected   relayed by nas, 80 ms, for 2 h',
      '  address     /p2p-circuit',
      '  its view    hole-punched, 80 ms, for 2 h, /p2p-circuit',
      '  it knows    /ip4/9.9.9.9/udp/1',
      '',
      '✗ desktop',
      '  Not reachable. Is it on?',
      '  seen        1 day ago',
      '  tried       /ip4/5.6.7.8/tcp/1: refused, 2 min ago',
      '  next try    in a moment',
      '  its view    could not be asked',
      '',
      '✗ nas',
    ])
  })

  test('status names the relay, and who is no plain member', async () => {
    const { machine, service } = machineWithPeer()
    const nas = {
      deviceId: 'n1',
      name: 'nas',
      self: false,
      personId: null,
      personName: null,
      role: 'helper',
      online: true,
      connection: { ...relayed, route: 'punched', relayedBy: null },
      behind: 0,
      behindAsOf: NOW,
      lastSeen: NOW,
      links: [],
      capacity: null,
    } as const
    const bob = { ...nas, deviceId: 'b1', name: 'tablet', role: 'observer', connection: relayed } as const
    const swarm = {
      swarmId: 's',
      name: 'Studio',
      ...membershipOf({ role: 'observer', mayWrite: false, mayInvite: [] }),
    }
    service.handle('peer.status', () => statusOf({ swarm, machines: [nas, bob], alone: false, synced: true }))
    const { stdout } = await machine.run(['status'])
    expect(stdout).toContain('● You are an observer: you read everything, and write nothing.')
    expect(stdout).toMatch(/nas \(helper\) +here +hole-punched, 80 ms/)
    expect(stdout).toMatch(/tablet \(observer\) +here +relayed by nas, 80 ms/)
  })
})
