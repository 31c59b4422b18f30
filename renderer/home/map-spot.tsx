import { initials } from '../shared/avatar-initials.ts'
import { t } from '../strings/index.ts'
import { colourValue } from '../theme/people-colours.ts'
import type { Spot } from './map-layout.ts'
import classes from './swarm-map.module.css'

interface MapSpotProps {
  readonly spot: Spot
  readonly colour: number
  readonly onChoose: () => void
}

const LONGEST_NAME = 20

/** One machine: a disc in its colour, around it the share of its cores in use. Hollow while it is away. */
export function MapSpot({ spot, colour, onChoose }: MapSpotProps) {
  const { machine, radius } = spot
  const here = machine.self || machine.online
  const around = radius + 5
  const length = 2 * Math.PI * around
  const load = machine.capacity === null || !here ? 0 : Math.min(1, Math.max(0.01, machine.capacity.load))
  return (
    <g
      className={classes['spot']}
      style={
        { transform: `translate(${spot.x}px, ${spot.y}px)`, '--colour': colourValue(colour) } as React.CSSProperties
      }
      data-away={!here || undefined}
      role="button"
      tabIndex={0}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onChoose()
      }}
    >
      <title>{machine.name}</title>
      <circle className={classes['halo']} r={around + 5} />
      {here ? <circle className={classes['track']} r={around} /> : null}
      {load > 0 ? (
        <circle
          className={classes['load']}
          r={around}
          transform="rotate(-90)"
          strokeDasharray={`${load * length} ${length}`}
        />
      ) : null}
      <circle className={classes['disc']} r={radius} />
      <text
        aria-hidden="true"
        className={classes['initials']}
        dy="0.35em"
        style={{ fontSize: Math.max(9, radius * 0.52) }}
      >
        {initials(machine.name)}
      </text>
      <text className={classes['name']} y={around + 18}>
        {machine.name.length > LONGEST_NAME ? `${machine.name.slice(0, LONGEST_NAME - 1)}…` : machine.name}
      </text>
      {machine.self || !here ? (
        <text className={classes['note']} y={around + 33}>
          {machine.self ? t.machines.you : t.machines.awayShort}
        </text>
      ) : null}
    </g>
  )
}
