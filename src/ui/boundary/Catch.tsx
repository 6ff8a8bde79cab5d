/** The one class of the page: React tells of a crash while drawing to classes alone. */
import { Component, type ReactNode } from 'react';

interface CatchProps {
  /** What was drawn from: once it is another, the children are tried again. */
  readonly of: string;
  readonly fallback: (error: unknown, again: () => void) => ReactNode;
  readonly children: ReactNode;
}
interface CatchState {
  readonly of: string;
  /** A thrown `undefined` is a crash too. */
  readonly crash?: { readonly error: unknown };
}

export class Catch extends Component<CatchProps, CatchState> {
  override state: CatchState = { of: this.props.of };

  static getDerivedStateFromError(error: unknown): Partial<CatchState> {
    return { crash: { error } };
  }

  static getDerivedStateFromProps({ of }: CatchProps, state: CatchState): CatchState | null {
    return of === state.of ? null : { of, crash: undefined };
  }

  override render() {
    const { crash } = this.state;
    if (!crash) return this.props.children;
    return this.props.fallback(crash.error, () => {
      this.setState({ crash: undefined });
    });
  }
}
