package org.apache.flink.container.entrypoint;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.entrypoint.parser.CommandLineParser;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.config.LoggerConfig;

/**
 * Answers questions with Flink's own classes: one question a line, one answer a line. Words are
 * separated by blanks; texts are hexadecimal behind an "x". An answer is "OK ..." or "ERR".
 * It is in this package because the parser's result is not public.
 */
public class Oracle {
    public static void main(String[] unused) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path dir = Files.createTempDirectory("oracle");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                out.println("OK " + answer(line.split(" ", -1), dir));
            } catch (Throwable refused) {
                out.println("ERR");
            }
        }
    }

    private static String answer(String[] words, Path dir) throws Exception {
        switch (words[0]) {
            case "size":
                return Long.toString(MemorySize.parseBytes(text(words[1])));
            case "memory":
                return memory(words);
            case "conf":
                return configuration(words, dir);
            case "args":
                return arguments(words);
            case "log4j":
                return levels(words, dir);
            case "types":
                return types();
            case "value":
                return value(text(words[1]), text(words[2]));
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    // memory <component> <key> <value> ...: bytes of the process and of its parts.
    private static String memory(String[] words) throws Exception {
        Configuration conf = new Configuration();
        for (int i = 2; i + 1 < words.length; i += 2) {
            conf.setString(text(words[i]), text(words[i + 1]));
        }
        boolean jobManager = words[1].equals("jobmanager");
        Class<?> utils = Class.forName(jobManager
                ? "org.apache.flink.runtime.jobmanager.JobManagerProcessUtils"
                : "org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils");
        Object spec = null;
        try { // as BashJavaUtils does until 1.20
            if (jobManager) {
                spec = method(utils, "processSpecFromConfigWithNewOptionToInterpretLegacyHeap", Configuration.class, ConfigOption.class)
                        .invoke(null, conf, JobManagerOptions.JVM_HEAP_MEMORY);
            } else {
                conf = (Configuration) method(utils, "getConfigurationMapLegacyTaskManagerHeapSizeToConfigOption", Configuration.class, ConfigOption.class)
                        .invoke(null, conf, TaskManagerOptions.TOTAL_FLINK_MEMORY);
            }
        } catch (NoSuchMethodException since20) {
            // 2.0 dropped the oldest heap options
        }
        if (spec == null) {
            spec = method(utils, "processSpecFromConfig", Configuration.class).invoke(null, conf);
        }
        String[] parts = jobManager
                ? new String[] {"TotalProcessMemory", "JvmHeapMemory", "JvmDirectMemory", "JvmMetaspace", "JvmOverhead"}
                : new String[] {"TotalProcessMemory", "FrameworkHeap", "FrameworkOffHeapMemory", "TaskHeap", "TaskOffHeap",
                        "NetworkMem", "ManagedMemory", "JvmMetaspace", "JvmOverhead"};
        List<String> sizes = new ArrayList<>();
        for (String part : parts) {
            sizes.add(Long.toString(((MemorySize) call(spec, "get" + part + "Size")).getBytes()));
        }
        return String.join(" ", sizes);
    }

    // conf <file name> <text>: the entries that Flink reads, sorted.
    private static String configuration(String[] words, Path dir) throws Exception {
        Files.deleteIfExists(dir.resolve("flink-conf.yaml"));
        Files.deleteIfExists(dir.resolve("config.yaml"));
        Files.write(dir.resolve(words[1]), text(words[2]).getBytes(StandardCharsets.UTF_8));
        Configuration conf = GlobalConfiguration.loadConfiguration(dir.toString());
        Field data = Configuration.class.getDeclaredField("confData");
        data.setAccessible(true);
        List<String> entries = new ArrayList<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) data.get(conf)).entrySet()) {
            // the cast fails, and the answer is ERR, if YAML made a number or the like of it
            entries.add(hex((String) entry.getKey()) + "=" + hex((String) entry.getValue()));
        }
        entries.sort(null);
        return String.join(" ", entries);
    }

    // args <argument> ...: what the parser of standalone-job makes of them.
    private static String arguments(String[] words) throws Exception {
        String[] args = new String[words.length - 1];
        for (int i = 0; i < args.length; i++) {
            args[i] = text(words[i + 1]);
        }
        StandaloneApplicationClusterConfiguration parsed =
                new CommandLineParser<>(new StandaloneApplicationClusterConfigurationParserFactory()).parse(args);
        List<String> jars = new ArrayList<>();
        try {
            Object list = call(parsed, "getJars");
            for (String jar : list == null ? new String[0] : (String[]) list) {
                jars.add(hex(jar));
            }
        } catch (NoSuchMethodException before119) {
            // no --jars
        }
        List<String> rest = new ArrayList<>();
        for (String arg : parsed.getArgs()) {
            rest.add(hex(arg));
        }
        List<String> properties = new ArrayList<>();
        for (Map.Entry<?, ?> entry : new TreeMap<Object, Object>(parsed.getDynamicProperties()).entrySet()) {
            properties.add(hex(entry.getKey() + "=" + entry.getValue()));
        }
        return "class=" + hex(String.valueOf(call(parsed, "getJobClassName")))
                + " id=" + hex(String.valueOf(call(parsed, "getJobId")))
                + " savepoint=" + hex(String.valueOf(parsed.getSavepointRestoreSettings().getRestorePath()))
                + " allow=" + parsed.getSavepointRestoreSettings().allowNonRestoredState()
                + " jars=" + String.join(",", jars)
                + " properties=" + String.join(",", properties)
                + " args=" + String.join(",", rest);
    }

    // log4j <text>: the level of every logger.
    private static String levels(String[] words, Path dir) throws Exception {
        Path file = dir.resolve("log4j-console.properties");
        Files.write(file, text(words[1]).getBytes(StandardCharsets.UTF_8));
        System.setProperty("log.file", dir.resolve("flink.log").toString());
        org.apache.logging.log4j.core.config.Configuration conf =
                ConfigurationFactory.getInstance().getConfiguration(new LoggerContext("oracle"), "oracle", file.toUri());
        conf.initialize();
        List<String> levels = new ArrayList<>();
        for (Map.Entry<String, LoggerConfig> entry : conf.getLoggers().entrySet()) {
            levels.add(hex(entry.getKey()) + "=" + entry.getValue().getLevel());
        }
        levels.sort(null);
        return String.join(",", conf.getRootLogger().getAppenders().keySet().toArray(new String[0])) + " " + String.join(" ", levels);
    }

    // types: those of all options of the distribution, by their keys.
    private static String types() throws Exception {
        List<String> types = new ArrayList<>();
        for (Map.Entry<String, ConfigOption<?>> entry : options().entrySet()) {
            Class<?> type = (Class<?>) call(entry.getValue(), "getClazz");
            StringBuilder name = new StringBuilder(type.getSimpleName());
            if ((boolean) call(entry.getValue(), "isList")) {
                name.insert(0, "List:");
            } else if (type.isEnum()) {
                name = new StringBuilder("Enum");
                for (Object constant : type.getEnumConstants()) {
                    name.append(':').append(constant);
                }
            }
            types.add(entry.getKey() + "=" + name);
        }
        return String.join(" ", types);
    }

    // value <key> <value>: fails if the option does not read it.
    private static String value(String key, String value) throws Exception {
        Configuration conf = new Configuration();
        conf.setString(key, value);
        return hex(String.valueOf(conf.getOptional(options().get(key)).isPresent()));
    }

    private static Map<String, ConfigOption<?>> options;

    private static Map<String, ConfigOption<?>> options() throws Exception {
        if (options != null) {
            return options;
        }
        options = new TreeMap<>();
        Path dist = Path.of(JobManagerOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarFile jar = new JarFile(dist.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.getName().matches("org/apache/flink/(?!.*/shaded/).*Options(\\$\\w+)?\\.class")) {
                    continue;
                }
                try {
                    collect(Class.forName(entry.getName().replace(".class", "").replace('/', '.')));
                } catch (LinkageError missing) {
                    // of a library that is not there
                }
            }
        }
        return options;
    }

    private static void collect(Class<?> in) throws Exception {
        for (Field field : in.getDeclaredFields()) {
            if (field.getType() == ConfigOption.class && Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                options.put(option.key(), option);
                for (FallbackKey older : option.fallbackKeys()) {
                    options.putIfAbsent(older.getKey(), option);
                }
            }
        }
    }

    private static Method method(Class<?> in, String name, Class<?>... parameters) throws NoSuchMethodException {
        Method method = in.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    private static Object call(Object on, String name) throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        for (Class<?> type = on.getClass(); type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    method.setAccessible(true);
                    return method.invoke(on);
                }
            }
        }
        throw new NoSuchMethodException(name);
    }

    private static String hex(String text) {
        StringBuilder hex = new StringBuilder("x");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hex.append(String.format("%02x", b));
        }
        return hex.toString();
    }

    private static String text(String hex) {
        byte[] bytes = new byte[(hex.length() - 1) / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(1 + 2 * i, 3 + 2 * i), 16);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
