import classes from './invites.module.css'

/** Why no link could be made. */
export function Refused({ reason }: { readonly reason: string }) {
  return (
    <p role="alert" className={classes['refused']}>
      {reason}
    </p>
  )
}
