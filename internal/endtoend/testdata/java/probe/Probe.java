package probe;

import java.util.List;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Says what it got, and counts: --count=N elements, --sleep=MS for each, --fail=N throws at the
 * Nth, --dependency uses a class of another jar. What it prints begins with PROBE.
 */
public class Probe {
    public static void main(String[] args) throws Exception {
        long count = Long.MAX_VALUE - 1;
        Count map = new Count();
        for (int i = 0; i < args.length; i++) {
            say("arg " + i + " [" + args[i] + "]");
            String value = args[i].substring(args[i].indexOf('=') + 1);
            if (args[i].startsWith("--count=")) {
                count = Long.parseLong(value);
            } else if (args[i].startsWith("--sleep=")) {
                map.sleep = Long.parseLong(value);
            } else if (args[i].startsWith("--fail=")) {
                map.fail = Long.parseLong(value);
            } else if (args[i].equals("--dependency")) {
                map.dependency = true;
            }
        }
        System.getenv().forEach((k, v) -> say("env " + k + " [" + v + "]"));
        System.getProperties().forEach((k, v) -> say("property " + k + " [" + v + "]"));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.fromSequence(1, count).map(map).name("count").uid("count").filter(x -> false).print();
        env.execute();
    }

    static void say(String what) {
        System.out.println("PROBE " + what.replace("\n", "\\n"));
    }

    static class Count implements MapFunction<Long, Long>, CheckpointedFunction {
        long sleep = 0;
        long fail = -1;
        boolean dependency;
        private long counted;
        private transient ListState<Long> state;

        @Override
        public Long map(Long x) throws Exception {
            if (counted++ == 0 && dependency) {
                say("dependency " + dep.Dependency.name());
            }
            if (counted == fail) {
                throw new IllegalStateException("told to fail");
            }
            if (sleep > 0) {
                Thread.sleep(sleep);
            }
            return x;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(List.of(counted));
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("counted", Long.class));
            for (Long n : state.get()) {
                counted += n;
            }
            if (context.isRestored()) {
                say("restored " + counted);
            }
        }
    }
}
