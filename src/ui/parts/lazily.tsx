/** A view that is loaded when it is first drawn; one that could not be loaded is asked for again the next time. */
import { lazy, type ComponentType } from 'react';

export function lazily<C extends ComponentType<never>>(load: () => Promise<{ default: C }>): C {
  const asked = (): ComponentType<object> =>
    lazy(async () => {
      try {
        return (await load()) as unknown as { default: ComponentType<object> };
      } catch (thrown) {
        view = asked();
        throw thrown;
      }
    });
  let view = asked();
  function Lazily(props: object) {
    const View = view;
    return <View {...props} />;
  }
  return Lazily as unknown as C;
}
