import classes from './page.module.css'

/** A page that scrolls as a whole, its content in a readable width. */
export function Page({ children, narrow = false }: { readonly children: React.ReactNode; readonly narrow?: boolean }) {
  return (
    // Scrollable regions must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes['page']} tabIndex={0}>
      <div className={classes['content']} data-narrow={narrow || undefined}>
        {children}
      </div>
    </div>
  )
}
