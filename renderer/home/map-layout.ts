import type { Machine, Route } from '../../src/api/contract/index.ts'

/** Pure: where the machines stand on the map, and which lines join them. The same machines always stand in the same places. */

export interface Spot {
  readonly machine: Machine
  readonly x: number
  readonly y: number
  readonly radius: number
}

export interface Line {
  readonly key: string
  readonly from: Spot
  readonly to: Spot
  /** Between two others only the fact is known, not the way. */
  readonly route: Route | 'others'
}

export interface MapSize {
  readonly width: number
  readonly height: number
}

/** More than this have their names shown only when they are pointed at. */
export const NAMED_MAX = 14
/** Up to this many stand on a ring; more fill a disc like the seeds of a sunflower. */
const RING_MAX = 10
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5))
/** Room for a name under each circle. */
const LABEL_HEIGHT = 36

export function spotsOf(machines: readonly Machine[], size: MapSize): readonly Spot[] {
  const sorted = [...machines].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
  const places = sorted.length <= RING_MAX ? ring(sorted.length) : disc(sorted.length)
  const largest = largestRadius(sorted.length, size)
  const label = sorted.length > NAMED_MAX ? 0 : LABEL_HEIGHT
  const halfWidth = Math.max(0, size.width / 2 - Math.max(largest + 12, 56))
  const halfHeight = Math.max(0, (size.height - label) / 2 - largest - 12)
  const most = Math.max(...sorted.map(gives), 0)
  return sorted.map((machine, index) => {
    const [x, y] = places[index] ?? [0, 0]
    const share = most === 0 ? 0.5 : gives(machine) / most
    return {
      machine,
      x: size.width / 2 + x * halfWidth,
      y: (size.height - label) / 2 + y * halfHeight,
      radius: largest * (0.55 + 0.45 * Math.sqrt(share)),
    }
  })
}

export function linesOf(spots: readonly Spot[]): readonly Line[] {
  const lines: Line[] = []
  for (const [index, from] of spots.entries()) {
    for (const to of spots.slice(index + 1)) {
      const route = routeBetween(from.machine, to.machine)
      if (route !== null) lines.push({ key: `${from.machine.deviceId} ${to.machine.deviceId}`, from, to, route })
    }
  }
  return lines
}

function routeBetween(a: Machine, b: Machine): Line['route'] | null {
  if (a.self || b.self) return (a.self ? b : a).connection?.route ?? null
  if (!a.online || !b.online) return null
  const linked = a.links?.includes(b.deviceId) === true || b.links?.includes(a.deviceId) === true
  return linked ? 'others' : null
}

/** One figure for what a machine gives: cores, memory and disk weigh alike against a plain laptop's. */
function gives(machine: Machine): number {
  const { capacity } = machine
  if (capacity === null) return 0
  return capacity.cores / 8 + capacity.memoryBytes / 16e9 + capacity.diskBytes / 1e12
}

function largestRadius(count: number, size: MapSize): number {
  const room = Math.sqrt((size.width * size.height) / Math.max(count, 1))
  return Math.min(44, Math.max(9, room * (count > NAMED_MAX ? 0.24 : 0.2)))
}

function ring(count: number): readonly (readonly [number, number])[] {
  if (count === 1) return [[0, 0]]
  // Two and three stand wide rather than tall, as the panel is.
  const start = count === 2 ? Math.PI : -Math.PI / 2 + (count === 4 ? Math.PI / 4 : 0)
  const reach = count <= 3 ? 0.72 : 1
  return Array.from({ length: count }, (_, index) => {
    const angle = start + (index * 2 * Math.PI) / count
    return [Math.cos(angle) * reach * 0.86, Math.sin(angle)] as const
  })
}

function disc(count: number): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, (_, index) => {
    const distance = Math.sqrt((index + 0.5) / count)
    const angle = index * GOLDEN_ANGLE
    return [Math.cos(angle) * distance, Math.sin(angle) * distance] as const
  })
}
