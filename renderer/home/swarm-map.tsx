import { Popover } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'

import type { Machine } from '../../src/api/contract/index.ts'
import { MachineCard } from '../machines/machine-card.tsx'
import { useMachineNames } from '../machines/machine-names.ts'
import { t } from '../strings/index.ts'
import { NAMED_MAX, linesOf, spotsOf } from './map-layout.ts'
import { MapSpot } from './map-spot.tsx'
import panel from './map-panel.module.css'
import classes from './swarm-map.module.css'

const ROUTE_CLASS = {
  local: 'near',
  lan: 'near',
  internet: 'far',
  punched: 'far',
  relayed: 'relayed',
  others: 'others',
} as const

/** Who is connected to whom. Moves only when something changes. */
export function SwarmMap({ machines }: { readonly machines: readonly Machine[] }) {
  const { ref, width, height } = useElementSize()
  const { colourOf } = useMachineNames()
  const [chosen, setChosen] = useState<string | null>(null)
  const spots = width === 0 ? [] : spotsOf(machines, { width, height })
  const shown = spots.find((spot) => spot.machine.deviceId === chosen)

  return (
    <div className={classes['map']} ref={ref} data-crowded={machines.length > NAMED_MAX || undefined}>
      <svg className={classes['canvas']} width={width} height={height} role="group" aria-label={t.home.map}>
        {linesOf(spots).map((line) => (
          <line
            key={line.key}
            className={panel[ROUTE_CLASS[line.route]]}
            x1={line.from.x}
            y1={line.from.y}
            x2={line.to.x}
            y2={line.to.y}
          />
        ))}
        {spots.map((spot) => (
          <MapSpot
            key={spot.machine.deviceId}
            spot={spot}
            colour={colourOf(spot.machine.deviceId)}
            onChoose={() => setChosen(spot.machine.deviceId)}
          />
        ))}
      </svg>
      {shown === undefined ? null : (
        <Popover
          opened
          withRoles={false}
          onChange={(opened) => {
            if (!opened) setChosen(null)
          }}
          width={320}
          trapFocus
          returnFocus
          withinPortal
        >
          <Popover.Target>
            <span
              className={classes['anchor']}
              style={{
                left: shown.x - shown.radius,
                top: shown.y - shown.radius,
                width: shown.radius * 2,
                height: shown.radius * 2,
              }}
            />
          </Popover.Target>
          <Popover.Dropdown p="md" aria-label={shown.machine.name}>
            <MachineCard machine={shown.machine} />
          </Popover.Dropdown>
        </Popover>
      )}
    </div>
  )
}
