import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const intact: MantineColorsTuple = [
  '#e6f5f6',
  '#cfe9eb',
  '#a3d6da',
  '#73c0c7',
  '#4daeb6',
  '#2e97a1',
  '#1a838e',
  '#0d7580',
  '#085f69',
  '#034851',
];

/** The blue-greys of the page's dark surfaces, from ink to canvas. */
const dark: MantineColorsTuple = [
  '#e7ecef',
  '#c3ccd3',
  '#9eabb5',
  '#76848f',
  '#3d4850',
  '#2a3238',
  '#1d2328',
  '#171c20',
  '#12171a',
  '#0f1316',
];

export const theme = createTheme({
  primaryColor: 'intact',
  primaryShade: { light: 7, dark: 7 },
  colors: { intact, dark },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '600' },
  components: {
    Tooltip: {
      defaultProps: {
        multiline: true,
        maw: 300,
        openDelay: 250,
        withArrow: true,
        events: { hover: true, focus: true, touch: true },
      },
    },
  },
});

/** The page's own greys (styles/base.css): Mantine's are too faint to read at small sizes. */
const greys = { '--mantine-color-body': 'var(--canvas)', '--mantine-color-dimmed': 'var(--muted)' };
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: greys, dark: greys });
