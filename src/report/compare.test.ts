/** What leaves a comparison: CSV, HTML and back from a report, with names that try to break out. */
import { describe, expect, it } from 'vitest';
import { compareRuns, type Contestant } from '../analysis/compareRuns';
import type { Run } from '../run/types';
import { layerChart, layerChartSvg } from './charts/layers';
import { axisOf, place, ticksOf } from './charts/scale';
import { placeLabels, tradeOff } from './charts/tradeOff';
import { comparisonCsv } from './compareCsv';
import { comparisonHtml } from './html';
import { runReport } from './json';
import { readReport } from './readReport';
import { testReportRun } from './testing/run';

const hostile = '</script><script>alert(1)</script>';
const entered = (...runs: readonly Run[]): Contestant[] =>
  runs.map((run) => ({ run, label: run.id, state: 'finished' }));

describe('a report read back', () => {
  const run = testReportRun('a', { layers: ['conv', hostile], sqnr: [Infinity, 12.5] });
  const { run: back } = readReport(runReport(run), 'a.json');

  it('has every number of the run, infinite ones too', () => {
    expect(back.figures.layers['conv']?.accumulated?.sqnr).toBe(Infinity);
    expect(back.figures.layers[hostile]?.accumulated?.sqnr).toBe(12.5);
    expect(back.figures.whole).toEqual(run.figures.whole);
    expect(back.figures.float).toEqual(run.figures.float);
    expect(back.figures.samples).toEqual(run.figures.samples);
    expect(back.made.recipe).toEqual(run.made.recipe);
    expect(back.made.samples.roles).toEqual(run.made.samples.roles);
  });

  it.each([
    ['{', 'is no JSON'],
    ['[]', 'is not a report'],
    ['{"format":"intact-report","version":1}', 'version 1'],
    ['{"format":"intact-report","version":2}', 'is damaged'],
  ])('refuses %s with a sentence', (text, part) => {
    expect(() => readReport(text, 'x.json')).toThrow(part);
  });
});

describe('the HTML file', () => {
  const runs = ['a', 'b'].map((id, at) =>
    testReportRun(id, { layers: [hostile, 'out'], sqnr: [40 - 20 * at, 30], model: hostile }),
  );
  const html = comparisonHtml(compareRuns(entered(...runs)));

  it('runs nothing and asks for nothing', () => {
    expect(html.match(/<script\b/g)).toEqual(['<script']);
    expect(html).not.toContain('alert(1)</script>');
    expect(html).toContain("default-src 'none'");
    // Addresses within: the name of the SVG namespace alone.
    const addresses = new Set(html.match(/https?:\/\/[^"'\s<)]+/g));
    expect([...addresses]).toEqual(['http://www.w3.org/2000/svg']);
  });

  it('holds its data as JSON, each number the run’s own', () => {
    const island = /<script type="application\/json" id="comparison">(.*?)<\/script>/s.exec(
      html,
    )![1]!;
    const data = JSON.parse(island) as {
      layers: { id: string; figures: Record<string, { value: number; difference?: number }[]> }[];
    };
    expect(data.layers[0]!.id).toBe(hostile);
    expect(data.layers[0]!.figures['accumulated']).toEqual([
      { value: 40 },
      { value: 20, difference: -20 },
    ]);
  });
});

it('what verified a run is in its report, comes back from it, and stands in the HTML file', () => {
  const made = testReportRun('a', { layers: ['conv'], sqnr: [30] });
  const verification = {
    ...{ runtime: 'LiteRT.js 2.5.3', samples: 2000, identical: 1998 },
    ...{ largestDifference: 0.00390625, largestSteps: 1 },
  };
  const { run, verification: back } = readReport(runReport(made, { verification }), 'a.json');
  expect(back).toEqual(verification);
  expect(readReport(runReport(made), 'a.json').verification).toBeUndefined();

  const other = testReportRun('b', { layers: ['conv'], sqnr: [20] });
  const comparison = compareRuns([
    { run, label: 'a', state: 'finished' },
    { run: other, label: 'b', state: 'finished' },
  ]);
  const html = comparisonHtml(comparison, { verifications: { a: back! } });
  expect(html).toContain(
    'LiteRT.js 2.5.3: 1,998 of 2,000 samples identical, largest difference 0.00390625 (1 quantization step)',
  );
  expect(html.match(/not yet: “Verify in LiteRT”/g)).toHaveLength(1);
  const data = JSON.parse(
    /<script type="application\/json" id="comparison">(.*?)<\/script>/s.exec(html)![1]!,
  ) as { runs: { runs: { verification?: unknown }[] }[] };
  expect(data.runs.map(({ runs }) => runs[0]!.verification)).toEqual([verification, undefined]);
});

it('CSV has each run’s value and the difference, and no text that a spreadsheet would run', () => {
  const runs = ['a', 'b'].map((id, at) =>
    testReportRun(id, { layers: ['=cmd()'], sqnr: [40 - 15 * at] }),
  );
  const [head, row] = comparisonCsv(compareRuns(entered(...runs)), ['accumulated']).split('\r\n');
  expect(head).toBe(
    'layer,node,type,op,in every run,SQNR accumulated (dB): a,SQNR accumulated (dB): b,SQNR accumulated (dB): b minus a',
  );
  expect(row).toBe("'=cmd(),'=cmd(),Conv2D,CONV_2D,yes,40,25,-15");
});

describe('charts', () => {
  it('axes have round numbers and places between 0 and 1', () => {
    expect(axisOf([20, 60], true)).toEqual({ low: 0, high: 60 });
    expect(place({ low: 0, high: 60 }, 15)).toBe(0.25);
    expect(place({ low: 0, high: 60 }, Infinity)).toBe(1);
    expect(ticksOf({ low: 0, high: 60 }, 5)).toEqual([0, 20, 40, 60]);
  });

  it('150 layers of 6 runs are one chart with every row, made once', () => {
    const names = Array.from({ length: 150 }, (_, at) => `layer ${at}`);
    const six = Array.from({ length: 6 }, (_, run) =>
      testReportRun(`run ${run}`, {
        layers: names,
        sqnr: names.map((_, at) => 10 + ((at * 7 + run) % 40)),
      }),
    );
    const comparison = compareRuns(entered(...six));
    const chart = layerChart(comparison, 'accumulated');
    expect(chart.rows).toHaveLength(150);
    expect(chart.rows.every(({ marks }) => marks.length === 6)).toBe(true);
    expect(layerChart(comparison, 'accumulated')).toBe(chart);
    expect(layerChartSvg(chart).match(/<title>/g)).toHaveLength(150);
  });

  it('labels keep out of each other’s way', () => {
    const points = Array.from({ length: 6 }, (_, at) => ({
      x: 100 + at,
      y: 100,
      label: 'int8 per-channel',
    }));
    const labels = placeLabels(points, { left: 0, top: 0, right: 600, bottom: 300 });
    const boxes = labels.map(({ x, y, anchor }) => {
      const wide = 'int8 per-channel'.length * 11 * 0.58;
      return { left: anchor === 'start' ? x : x - wide, top: y - 11 };
    });
    for (const [a, one] of boxes.entries())
      for (const other of boxes.slice(a + 1))
        expect(Math.abs(one.left - other.left) >= 102 || Math.abs(one.top - other.top) >= 11).toBe(
          true,
        );
  });

  it('the trade-off leaves out what is not measured', () => {
    const [a, b] = ['a', 'b'].map((id) => testReportRun(id, { layers: ['x'], sqnr: [1] }));
    expect(
      tradeOff(
        [a!, b!].map((run) => ({ run, label: run.id })),
        'latency',
      ),
    ).toBeUndefined();
    const trade = tradeOff(
      [a!, b!].map((run) => ({ run, label: run.id })),
      'size',
    )!;
    expect(trade.points.map(({ front }) => front)).toEqual([true, true]);
  });
});
