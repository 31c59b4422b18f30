import classes from './scenes.module.css'

/** The pictures of empty places: line drawings in the accent, decoration only. */
interface SceneProps {
  readonly className?: string
}

function Scene({ className, children }: SceneProps & { readonly children: React.ReactNode }) {
  return (
    <svg
      className={`${classes['scene']} ${className ?? ''}`}
      viewBox="0 0 160 112"
      width={160}
      height={112}
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

const BIRD = 'M-11 .6C-6.4-6.8 4-6.6 11 1.2C3 3.6-5.6 4.4-11 .6Z'

function Bird({ x, y, turn = 0, size = 0.5 }: { x: number; y: number; turn?: number; size?: number }) {
  return <path className={classes['bird']} d={BIRD} transform={`translate(${x} ${y}) rotate(${turn}) scale(${size})`} />
}

/** Speech bubbles with birds on the wing between them. */
export function ConversationScene(props: SceneProps) {
  return (
    <Scene {...props}>
      <path
        className={classes['soft']}
        d="M18 30a12 12 0 0 1 12-12h50a12 12 0 0 1 12 12v16a12 12 0 0 1-12 12H44l-13 11v-11h-1a12 12 0 0 1-12-12z"
      />
      <path className={classes['line']} d="M33 33h40M33 44h26" />
      <path
        className={classes['surface']}
        d="M74 60a12 12 0 0 1 12-12h44a12 12 0 0 1 12 12v16a12 12 0 0 1-12 12h-1v11L116 88H86a12 12 0 0 1-12-12z"
      />
      <path className={classes['line']} d="M89 63h36M89 74h22" />
      <Bird x={112} y={22} turn={-14} size={0.62} />
      <Bird x={130} y={32} turn={-6} size={0.46} />
      <Bird x={142} y={18} turn={-20} size={0.36} />
    </Scene>
  )
}

/** One sheet, two cursors. */
export function SheetScene(props: SceneProps) {
  return (
    <Scene {...props}>
      <rect className={classes['soft']} x="60" y="10" width="70" height="88" rx="8" transform="rotate(6 95 54)" />
      <rect className={classes['surface']} x="34" y="12" width="72" height="90" rx="8" />
      <path className={classes['strong']} d="M46 30h30" />
      <path className={classes['line']} d="M46 44h48M46 56h40M46 68h46M46 80h24" />
      <path className={classes['cursorA']} d="M88 50v13" />
      <path className={classes['cursorB']} d="M72 74v13" />
      <Bird x={134} y={24} turn={-16} size={0.6} />
      <Bird x={148} y={40} turn={-6} size={0.42} />
    </Scene>
  )
}

/** A few circles that hold on to each other. */
export function FlockScene(props: SceneProps) {
  return (
    <Scene {...props}>
      <path className={classes['line']} d="M44 66 82 34 120 62 84 88z M82 34v54" />
      <circle className={classes['surface']} cx="44" cy="66" r="15" />
      <circle className={classes['soft']} cx="82" cy="34" r="19" />
      <circle className={classes['surface']} cx="120" cy="62" r="13" />
      <circle className={classes['surface']} cx="84" cy="88" r="11" />
      <Bird x={82} y={34} turn={-10} size={0.8} />
      <Bird x={132} y={22} turn={-18} size={0.5} />
      <Bird x={146} y={32} turn={-8} size={0.38} />
    </Scene>
  )
}
